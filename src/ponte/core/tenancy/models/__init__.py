from ponte.core.tenancy.models.invitation import Invitation
from ponte.core.tenancy.models.secret import InstallationSecret
from ponte.core.tenancy.models.token import ApiToken
from ponte.core.tenancy.models.turn import PublicTurn
from ponte.core.tenancy.models.user import User
from ponte.core.tenancy.models.workspace import Membership, Workspace

__all__ = ["ApiToken", "InstallationSecret", "Invitation", "Membership", "PublicTurn", "User", "Workspace"]
