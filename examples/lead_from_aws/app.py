"""Qualify a lead that AWS created and add an interaction, and leave all other values unchanged."""

from datetime import datetime, timezone

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import Catalog, Engagement, Lead, LeadContact, LeadInteraction

app = App()
stack = Stack(app, "LeadFromAwsExample")

ferries = Engagement.from_engagement_id(stack, "Ferries", app.node.get_context("engagement"), catalog=Catalog.SANDBOX)
lead = ferries.add_context(
    "Lead",
    # The context to manage. In an engagement that AWS creates, the lead is usually context 1.
    existing_context_id="1",
    payload=Lead(
        qualification_status="Qualified",
        # You do not need to declare the interactions that the lead already has.
        interactions=[
            LeadInteraction(
                contact=LeadContact(
                    business_title="Head of IT",
                    email="it@northwind-ferries.example",
                    first_name="Robin",
                    last_name="Example",
                ),
                customer_action="Agreed to a workshop",
                interaction_date=datetime(2026, 11, 26, 9, 30, tzinfo=timezone.utc),
                source_type="Call",
            ),
        ],
    ),
)
CfnOutput(stack, "ContextId", value=lead.context_id)

app.synth()
