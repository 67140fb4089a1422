"""The Lambda function behind cdk-partnercentral: custom resources for AWS Partner Central.

`index` receives the events and dispatches on ResourceType. Each resource is one module or package: `engagement` or
`engagement_context`. The resources do not use an SDK. `partner_central` and `stack` call AWS. Both modules use `sdk` to create
the clients and to map the errors. `response` sends the response to CloudFormation, and `reasons` writes the Reason in the
response. All resources share `properties`, `identity`, `retries`, `errors`, `masking` and `logs`.

The function shares no code with the library. The interface between the function and the library consists of the properties and
attributes of the custom resource. These properties and attributes use the names of the API.
"""
