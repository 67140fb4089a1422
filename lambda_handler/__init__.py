"""The Lambda function behind cdk-partnercentral: custom resources for AWS Partner Central.

`index` receives the events and dispatches on ResourceType. Each resource is one package, such as `engagement_context`, and
decides on plain values. `partner_central` and `stack` call AWS, through the clients and the error mapping of `sdk`. `response`
and `reasons` are what CloudFormation gets; `identity`, `retries`, `errors`, `masking` and `logs` are shared.

The function shares no code with the library. The interface between the two is the custom resource's properties and
attributes, which have the API's own names.
"""
