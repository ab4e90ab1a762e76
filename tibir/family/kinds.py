"""What must be done when somebody takes a yes back, as data."""

from tibir.cases.models import Purpose
from tibir.deadlines.kinds import Kind as Due

# Messages are stopped at once, by the same transaction: nobody needs to be asked to.
AFTER_WITHDRAWAL = {
    Purpose.TAKE_PART: Due.STOP_PARTICIPATION,
    Purpose.SOCIAL_SKILLS: Due.STOP_PARTICIPATION,
    Purpose.PLACE_CONTACT: Due.STOP_CONSULTATION,
    Purpose.COOPERATION: Due.STOP_COOPERATION,
    Purpose.TEAM: Due.STOP_COOPERATION,
    Purpose.REFERRER: Due.STOP_COOPERATION,
    Purpose.VIDEO_SUPERVISION: Due.DELETE_RECORDINGS,
    Purpose.VIDEO_FIDELITY: Due.DELETE_RECORDINGS,
    Purpose.QUALITY: Due.REMOVE_DATA,
}
