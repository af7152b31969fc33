"""A function's state, and what it does to every verdict of the function."""

from dataclasses import dataclass

from vpcreach.components.lambda_function.function import GetFunctionConfiguration, LambdaFunction
from vpcreach.forwarding import Note, Reason

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"
FUNCTION_STATE = Reason("FUNCTION_STATE", "see the state's reason, and invoke or update the function", PAGE)
FUNCTION_BAD_STATE = Reason("FUNCTION_BAD_STATE", "mend what the state's reason names, then update the function", PAGE)
FUNCTION_IDLE = Reason("FUNCTION_IDLE", "invoke it once: Lambda then builds its interfaces again", PAGE)
LAST_UPDATE_FAILED = Reason(
    "LAST_UPDATE_FAILED", "repeat the update: the previous configuration is still in force", PAGE
)

OUT_OF_ADDRESSES = "SubnetOutOfIPAddresses"
ROLE_LACKS_PERMISSIONS = "InsufficientRolePermissions"
FILE_SYSTEM_REASONS = frozenset({"EFSIOError", "EFSMountConnectivityError", "EFSMountFailure", "EFSMountTimeout"})


@dataclass(frozen=True, slots=True)
class Condition:
    """What a function's state does to its verdicts: notes, and whether they are provisional."""

    notes: tuple[Note, ...] = ()
    is_provisional: bool = False


def condition(function: LambdaFunction, state: GetFunctionConfiguration) -> Condition:
    """How the state that Lambda reports bears on the verdicts (A13)."""
    notes: list[Note] = []
    is_provisional = state.state == "Pending" or state.last_update_status in ("InProgress", "Failed")
    code = state.state_reason_code or ""
    fact = f"{function.title} is {state.state}{f' ({code})' if code else ''}"
    if state.state_reason:
        fact += f": {state.state_reason}"
    match state.state:
        case _ if code in FILE_SYSTEM_REASONS:
            message = f"{fact}; that tells of the way to its file system alone"
            notes.append(FUNCTION_STATE.advice(function.id, "StateReasonCode", message))
        case None | "Active" | "Pending" if code == ROLE_LACKS_PERMISSIONS:
            notes.append(FUNCTION_STATE.unknown(function.id, "StateReasonCode", f"{fact}: its role decides"))
        case None | "Active" | "Pending":
            pass
        case "Inactive" if code in ("", "Idle"):
            notes.append(FUNCTION_IDLE.advice(function.id, "State", f"{fact}: its interfaces were taken back"))
        case "Inactive":
            notes.append(FUNCTION_STATE.unknown(function.id, "State", f"{fact}; a new try may succeed"))
        case "Failed" | "Deleting" | "Deactivated":
            notes.append(FUNCTION_BAD_STATE.fail(function.id, "State", f"{fact}, so it does not run"))
        case _:
            notes.append(FUNCTION_STATE.unknown(function.id, "State", f"{fact}, which decides nothing"))
    if state.last_update_status == "Failed":
        reason = state.last_update_status_reason_code or "no reason given"
        message = f"the last update of {function.title} failed ({reason}): what is shown may not be in force"
        notes.append(LAST_UPDATE_FAILED.advice(function.id, "LastUpdateStatus", message))
    return Condition(tuple(notes), is_provisional)
