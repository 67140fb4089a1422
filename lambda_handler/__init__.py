"""The Lambda function behind cdk-partnercentral: custom resources for AWS Partner Central.

`index` receives the events and dispatches on ResourceType. Each resource is one module or package, `engagement` or
`engagement_context`, which does not use an SDK. `partner_central` and `stack` call AWS. They use `sdk` to create the clients
and to map the errors. `response` sends the response to CloudFormation, and `reasons` writes the Reason in the response. All
resources share `properties`, `identity`, `retries`, `errors`, `masking` and `logs`.

The function shares no code with the library. The interface between the two consists of the properties and attributes of the
custom resource, which use the names of the API.
"""
