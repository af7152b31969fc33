"""Edits of what guards a whole VPC: an exclusion from Block Public Access, one from an encryption control.

Modelled: the exclusion of a VPC that lets it call out; how AWS tells the mode of an excluded VPC and of its subnets.
Source: EC2 API Reference, CreateVpcBlockPublicAccessExclusion, ModifyVpcEncryptionControl.
Checked: tests/unit/explain/edits/test_guards.py.
"""

from dataclasses import dataclass

from vpcreach.components.block_public_access import EXCLUSIONS, OPTIONS, WITHOUT_EFFECT
from vpcreach.components.encryption_control import DESCRIBE_VPC_ENCRYPTION_CONTROLS, ENFORCE
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item
from vpcreach.snapshot.call import Place

MODE = "InternetGatewayBlockMode"


@dataclass(frozen=True, slots=True)
class ExcludeFromPublicAccessBlock:
    """A VPC that may call out in spite of Block Public Access (allow-egress)."""

    vpc_id: str

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        arn = f"arn:{home.partition}:ec2:{home.region}:{home.account}:vpc/{self.vpc_id}"
        held = draft.items(EXCLUSIONS, home)
        self._check(draft, home, [each for each in held if each.get("ResourceArn") == arn])
        held.append(
            {
                "ExclusionId": f"vpcbpa-exclude-{self.vpc_id}",
                "InternetGatewayExclusionMode": "allow-egress",
                "ResourceArn": arn,
                "State": "create-complete",
            }
        )
        for call in (DESCRIBE_VPCS, DESCRIBE_SUBNETS):
            for _, items in draft.listed(call):
                for item in items:
                    states = item.get("BlockPublicAccessStates") or {}
                    # An exclusion closes nothing that was open before.
                    if item.get("VpcId") == self.vpc_id and states.get(MODE) == "block-bidirectional":
                        states[MODE] = "block-ingress"

    def _check(self, draft: Draft, home: Place, of_the_same: list[Item]) -> None:
        """Raises UsageError where an organisation allows no exclusions, and for a second one of a VPC."""
        path = OPTIONS.path(home)
        options = draft.document(path).get("VpcBlockPublicAccessOptions", {}) if path in draft.snapshot.files else {}
        if options.get("ExclusionsAllowed") == "not-allowed":
            raise UsageError(
                f"the organisation of account {home.account} allows no exclusions from Block Public Access"
            )
        standing = [each for each in of_the_same if each.get("State") not in WITHOUT_EFFECT]
        if standing:
            mode = standing[0].get("InternetGatewayExclusionMode")
            raise UsageError(f"{self.vpc_id} has an exclusion already: {standing[0].get('ExclusionId')} ({mode})")

    def __str__(self) -> str:
        return f"exclude {self.vpc_id} from Block Public Access (allow-egress)"


@dataclass(frozen=True, slots=True)
class ExcludeFromEncryptionControl:
    """A kind of gateway (`NatGateway`, `InternetGateway` …) that a VPC under an encryption control may use."""

    control_id: str
    kind: str

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        for control in draft.find(DESCRIBE_VPC_ENCRYPTION_CONTROLS, "VpcEncryptionControlId", self.control_id):
            if control.get("Mode") != ENFORCE:
                raise UsageError(f"{self.control_id} is in mode {control.get('Mode')}, in which nothing is excluded")
            self._exclude(control)
        # EC2 tells the control of a VPC in the VPC's own record, too.
        for _, vpcs in draft.listed(DESCRIBE_VPCS):
            for vpc in vpcs:
                own = vpc.get("EncryptionControl") or {}
                if own.get("VpcEncryptionControlId") == self.control_id:
                    self._exclude(own)

    def _exclude(self, control: Item) -> None:
        control["ResourceExclusions"] = {**(control.get("ResourceExclusions") or {}), self.kind: {"State": "enabled"}}

    def __str__(self) -> str:
        return f"exclude {self.kind} from {self.control_id}"
