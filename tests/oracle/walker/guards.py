"""What stops packets across a whole VPC: Block Public Access and encryption controls (I1, I2)."""

from tests.oracle.walker.records import Json, World

BLOCKED, SPARED, DOUBTFUL = "blocked", "spared", "doubtful"
IN_EFFECT = ("create-complete", "update-complete")
GONE = ("delete-complete", "disable-complete", "create-failed")


def public_access(world: World, vpc_id: str, subnet_id: str | None, *, outbound_only: bool) -> str:
    """Whether Block Public Access lets the packets of a sender that stands here pass an internet gateway."""
    options = world.replies.get("ec2/describe-vpc-block-public-access-options", [])
    if not options:
        return SPARED
    told: Json = options[0]["VpcBlockPublicAccessOptions"]
    mode = told["InternetGatewayBlockMode"]
    modes = {mode}
    places = [place for place in (vpc_id, subnet_id) if place]
    if mode != "off":
        listed = world.guards("ec2/describe-vpc-block-public-access-exclusions", "VpcBlockPublicAccessExclusions")
        mine = [each for each in listed if each["ResourceArn"].rpartition("/")[2] in places]
        mine = [each for each in mine if each["State"] not in GONE]
        left = {
            "allow-bidirectional": "off",
            "allow-egress": "block-ingress",
        }
        settled = [each for each in mine if each["State"] in IN_EFFECT]
        if settled:
            modes = {left[each["InternetGatewayExclusionMode"]] for each in settled}
        if len(settled) < len(mine):
            modes |= {"off", "block-ingress", mode}
    if told["State"] not in ("default-state", "update-complete"):
        modes = {"off", "block-ingress", "block-bidirectional"}
    passing = {each == "off" or (each == "block-ingress" and outbound_only) for each in modes}
    if passing == {True}:
        return SPARED
    return BLOCKED if passing == {False} else DOUBTFUL


def encryption(world: World, vpc_id: str, kind: str) -> str:
    """Whether the encryption control of a VPC lets a kind of resource carry packets."""
    for control in world.guards("ec2/describe-vpc-encryption-controls", "VpcEncryptionControls"):
        if control["VpcId"] != vpc_id or control["State"] == "deleted":
            continue
        if control["Mode"] == "monitor":
            return SPARED
        state = control["ResourceExclusions"].get(kind, {}).get("State", "disabled")
        if state == "enabled":
            return SPARED
        return BLOCKED if state == "disabled" and control["State"] == "available" else DOUBTFUL
    return SPARED


def is_enforced(world: World, vpc_id: str) -> bool:
    """Whether a VPC has a control that does more than watch."""
    controls = world.guards("ec2/describe-vpc-encryption-controls", "VpcEncryptionControls")
    return any(
        each["VpcId"] == vpc_id and each["Mode"] != "monitor" and each["State"] != "deleted" for each in controls
    )
