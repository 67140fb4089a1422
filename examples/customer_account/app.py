"""One engagement with a context that names a customer account."""

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import AccountCustomer, Catalog, CustomerAccount, Engagement, Industry

app = App()
stack = Stack(app, "CustomerAccountExample")

bookshop = Engagement.from_engagement_id(stack, "Bookshop", app.node.get_context("engagement"), catalog=Catalog.SANDBOX)
account = bookshop.add_context(
    "Account",
    payload=CustomerAccount(
        account_identifier="cust-acc-0123456789abc",
        customer=AccountCustomer(
            company_name="Harbour Lane Books",
            country_code="US",
            industry=Industry.RETAIL,
            website_url="https://harbour-lane-books.example",
        ),
    ),
)
CfnOutput(stack, "ContextId", value=account.context_id)

app.synth()
