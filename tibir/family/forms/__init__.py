from tibir.family.forms.complaint import ComplaintForm, EndComplaintForm
from tibir.family.forms.consent import (
    ChildViewForm,
    DecisionForm,
    EndForm,
    InformForm,
    SayForm,
    StandInForm,
    WithdrawForm,
)
from tibir.family.forms.duty import HeardForm, ReleaseForm, ReportForm
from tibir.family.forms.log import LogForm, OpeningsForm
from tibir.family.forms.people import (
    AddMemberForm,
    AddPersonForm,
    ContactForm,
    EndMemberForm,
    EndPersonForm,
    FamilyForm,
    ReasonForm,
    RelatedWhoForm,
    ResponsibilityForm,
    ResponsibleForm,
    WhoForm,
)

__all__ = [
    "AddMemberForm",
    "AddPersonForm",
    "ChildViewForm",
    "ComplaintForm",
    "ContactForm",
    "DecisionForm",
    "EndComplaintForm",
    "EndForm",
    "EndMemberForm",
    "EndPersonForm",
    "FamilyForm",
    "HeardForm",
    "InformForm",
    "LogForm",
    "OpeningsForm",
    "ReasonForm",
    "RelatedWhoForm",
    "ReleaseForm",
    "ReportForm",
    "ResponsibilityForm",
    "ResponsibleForm",
    "SayForm",
    "StandInForm",
    "WhoForm",
    "WithdrawForm",
]
