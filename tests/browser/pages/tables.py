"""The addresses of the site, and the languages it is looked at in."""

from django.conf import settings

# The addresses behind which a person sees something. The walks come to all of them.
LOOKED_AT = {
    "home:start", "home:notifications", "home:search", "login", "operations:health",
    "referrals:start", "referrals:call_me", "referrals:step", "referrals:later",
    "referrals:resume", "referrals:discard", "referrals:summary", "referrals:enclose",
    "referrals:register", "referrals:registered", "referrals:discuss",
    "referrals:list", "referrals:detail", "referrals:confirm_contact", "referrals:submission",
    "referrals:attach",
    "portal:receipt", "portal:forget", "portal:status",
    "deadlines:list", "deadlines:detail", "deadlines:give",
    "referrals:give", "referrals:ask", "referrals:told", "referrals:preliminary",
    "referrals:withdraw", "referrals:reopen", "referrals:forwarded", "referrals:correct",
    "referrals:compare", "interventions:answer", "interventions:plan_screening",
    "interventions:direct", "interventions:screenings", "interventions:screening",
    "interventions:assign",
    "interventions:end", "interventions:plan_meeting", "interventions:gate",
    "interventions:observation", "interventions:conversation", "interventions:findings",
    "interventions:safety", "interventions:decide",
    "interventions:report_worry", "interventions:explain_worry",
    "interventions:change_meeting", "interventions:hold", "interventions:miss",
    "interventions:note", "interventions:add_to_note",
    "family:log", "family:changes", "family:openings",
    "documents:letters", "documents:done", "documents:failed", "documents:again",
    "home:case", "home:give_unit",
    "family:people", "family:person", "family:child", "family:add_person",
    "family:correct_person", "family:verify_responsibility", "family:end_person", "family:same",
    "family:correct_child", "family:members", "family:add_member", "family:end_member",
    "family:responsible", "family:close", "family:reopen",
    "family:consents", "family:consent_history", "family:say", "family:inform",
    "family:paper", "family:withdraw", "family:decide", "family:stand_in", "family:end_stand_in",
    "family:child_view", "family:duty_reports", "family:report", "family:heard_from",
    "family:release", "family:complaints", "family:complain", "family:complaint",
    "family:end_complaint", "family:case_complaints", "family:case_complain",
    "instruments:measurements", "instruments:choose", "instruments:items", "instruments:totals",
    "instruments:licence", "instruments:measurement", "instruments:second", "instruments:strike",
    "referrals:reveal", "family:emergency", "family:shielded", "family:access", "family:open",
    "family:review", "family:disqualify", "family:recuse", "family:protection", "family:loosen",
    "family:group", "family:words", "family:siblings", "family:part", "family:reveal",
    "referrals:rules", "referrals:rule_set", "referrals:copy_rules", "referrals:add_rule",
    "referrals:edit_rule", "referrals:add_tier", "referrals:rename_tier",
    "referrals:activate_rules", "referrals:compare_rules", "referrals:try_out",
    "staff:code", "staff:enrol", "staff:paper", "staff:forgotten", "staff:link",
    "staff:password_by_link", "staff:own", "staff:proof", "staff:password", "staff:make",
    "staff:reviews", "staff:review", "family:controls", "family:control",
}  # fmt: skip
# They answer machines, hand out a file, or only send the browser on.
NO_PAGES = {
    "operations:live", "operations:ready", "operations:whole", "portal:receipt_ready",
    "operations:policy_report",
    "portal:receipt_pdf", "referrals:begin", "set_language", "logout", "logged_in",
    "admin_door", "home:read", "home:read_all", "deadlines:take", "deadlines:finish",
    "referrals:take_out", "referrals:attachment",
    "referrals:take", "referrals:settle_correction", "referrals:triage",
    "referrals:arrange_rules", "referrals:try_rules", "referrals:approve_rules",
    "referrals:discard_rules",
    "interventions:save_note",
    "documents:print", "documents:posted", "documents:document", "family:take_back",
    "family:let_in_again",
    "staff:oidc", "staff:oidc_answer", "staff:paper_anew", "staff:remove_passkey",
    "staff:end_session",
}  # fmt: skip


LANGUAGES = [code for code, _name in settings.LANGUAGES]
