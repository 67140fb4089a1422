"""A local cloud in which the CDK CLI does not wait five seconds between two looks at a stack."""

from pathlib import Path

from cdk_partnercentral_local import LocalCloud


class QuickCloud(LocalCloud):
    """A local cloud whose CDK CLI polls CloudFormation at shorter intervals. Otherwise each deployment takes five seconds."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment, with a script that Node.js loads first."""
        script = Path(__file__).with_name("quick_polling.cjs")
        return super().environment | {"NODE_OPTIONS": f'--require "{script}"'}
