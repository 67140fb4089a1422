"""The function behind `EngagementContext`: a CloudFormation custom resource that keeps one context of an engagement.

It knows nothing of aws_cdk. What it shares with the library are the names of the custom resource's properties and
attributes, which are the API's own.

`index` wires crhelper to the rest, `answer` mends crhelper; `declaration`, `identity`, `comparison` and `lifecycle` decide, on
plain values; `partner_central` is the only module that speaks to AWS; `pool` is what it and the answer go over; `retries`,
`errors`, `redaction` and `logs` are what they all need.
"""
