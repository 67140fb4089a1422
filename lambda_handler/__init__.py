"""The Lambda function behind cdk-partnercentral: custom resources for AWS Partner Central.

`index` receives the events and dispatches on ResourceType. Each resource is one module or package: `engagement` and
`engagement_context`. Its decisions are functions of plain values, without any SDK. `partner_central` and `stack` call AWS,
through the clients and the error mapping of `sdk`. `response` sends the response to CloudFormation, and `reasons` writes the
Reason in it. All resources share `properties`, `identity`, `retries`, `errors`, `masking` and `logs`.

The function shares no code with the library. The interface between the two is the custom resource's properties and
attributes, which have the API's own names.
"""
