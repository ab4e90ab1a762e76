from tibir.family.forms.log import LogForm, OpeningsForm

__all__ = ["LogForm", "OpeningsForm"]
