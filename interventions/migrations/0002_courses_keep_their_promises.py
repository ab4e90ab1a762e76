from datetime import date

from django.db import migrations

# HARD: nobody is given a course without the qualification, or training under that supervisor, on
# the day it is assigned; nor who is disqualified for the family, or does not work in its unit.
# What ends later changes nothing: a course that runs is never stopped in silence.
ASSIGNED = """
CREATE FUNCTION interventions_course_assigned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
BEGIN
    SELECT municipality_id INTO place FROM accounts_unit WHERE id = NEW.unit_id;
    IF NOT EXISTS (SELECT FROM cases_case WHERE id = NEW.case_id AND municipality_id = place) THEN
        RAISE EXCEPTION 'a course is given by a unit of the municipality of its case'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_is_of_its_municipality';
    END IF;
    IF NOT EXISTS (
        SELECT FROM interventions_service AS service JOIN accounts_qualification AS held
            ON held.kind = service.qualification
        WHERE service.id = NEW.service_id AND held.user_id = NEW.practitioner_id
            AND held.started_on <= NEW.assigned_on
            AND (held.ended_on IS NULL OR held.ended_on >= NEW.assigned_on)
            AND (held.status = 'qualified' OR held.supervisor_id = NEW.supervisor_id)
    ) THEN
        RAISE EXCEPTION 'a course is given by somebody qualified, or in training and supervised'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_is_given_by_the_qualified';
    END IF;
    IF EXISTS (
        SELECT FROM cases_disqualification
        WHERE case_id = NEW.case_id AND user_id IN (NEW.practitioner_id, NEW.supervisor_id)
            AND started_on <= NEW.assigned_on
            AND (ended_on IS NULL OR ended_on > NEW.assigned_on)
    ) THEN
        RAISE EXCEPTION 'a course is never given by somebody disqualified for the family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_is_given_by_the_impartial';
    END IF;
    IF NOT EXISTS (
        SELECT FROM accounts_membership
        WHERE user_id = NEW.practitioner_id AND (unit_id = NEW.unit_id OR municipality_id = place)
            AND role IN ('practitioner', 'coordinator', 'leader', 'supervisor')
            AND started_on <= NEW.assigned_on
            AND (ended_on IS NULL OR ended_on >= NEW.assigned_on)
    ) THEN
        RAISE EXCEPTION 'a course is given by somebody who works in its unit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_is_given_in_its_unit';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_course_is_assigned
    BEFORE INSERT OR UPDATE OF practitioner_id, supervisor_id, unit_id, service_id, assigned_on
    ON interventions_course FOR EACH ROW EXECUTE FUNCTION interventions_course_assigned();
"""
UNASSIGNED = """
DROP TRIGGER interventions_course_is_assigned ON interventions_course;
DROP FUNCTION interventions_course_assigned();
"""

# Two cases that become one: what was given in the one was given in the other, and a course that the
# one shared with the other is its own now. The rooms below know of no courses, so the database
# takes them along.
FOLLOW = """
CREATE FUNCTION interventions_course_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interventions_course SET case_id = NEW.merged_into_id WHERE case_id = NEW.id;
    UPDATE interventions_coursechild AS child SET case_id = NEW.merged_into_id
    FROM interventions_course AS course
    WHERE child.case_id = NEW.id AND course.id = child.course_id
        AND course.case_id <> NEW.merged_into_id AND NOT EXISTS (
            SELECT FROM interventions_coursechild AS there WHERE there.course_id = child.course_id
                AND there.case_id = NEW.merged_into_id AND there.ended_on IS NULL);
    UPDATE interventions_coursechild AS child
    SET ended_on = greatest(child.started_on, (statement_timestamp() AT TIME ZONE 'Europe/Oslo')::date)
    FROM interventions_course AS course
    WHERE child.ended_on IS NULL AND course.id = child.course_id
        AND (child.case_id = NEW.id
            OR child.case_id = NEW.merged_into_id AND course.case_id = NEW.merged_into_id);
    RETURN NULL;
END $$;
CREATE TRIGGER interventions_course_follows_its_case AFTER UPDATE OF merged_into_id ON cases_case
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL)
    EXECUTE FUNCTION interventions_course_follow();
"""
STAY = """
DROP TRIGGER interventions_course_follows_its_case ON cases_case;
DROP FUNCTION interventions_course_follow();
"""

# A course keeps the row that it began by: that row gets a last day, and nothing else.
KEEP_SERVICE = """
CREATE FUNCTION interventions_service_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'ended_on' = to_jsonb(OLD) - 'ended_on' THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM interventions_course WHERE service_id = OLD.id) THEN
        RAISE EXCEPTION 'a row of the catalogue that a course began by stays as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_used_stays';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER interventions_service_stays BEFORE UPDATE OR DELETE ON interventions_service
    FOR EACH ROW EXECUTE FUNCTION interventions_service_keep();
"""
FREE_SERVICE = """
DROP TRIGGER interventions_service_stays ON interventions_service;
DROP FUNCTION interventions_service_keep();
"""

# When somebody's time is taken is what the meeting says, and never something else.
TIMES = """
CREATE FUNCTION interventions_meetingstaff_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT starts_at, ends_at,
        state IN ('planned', 'held', 'no_show', 'late_cancellation')
    INTO NEW.starts_at, NEW.ends_at, NEW.takes_time
    FROM interventions_meeting WHERE id = NEW.meeting_id;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_meetingstaff_is_copied
    BEFORE INSERT OR UPDATE ON interventions_meetingstaff
    FOR EACH ROW EXECUTE FUNCTION interventions_meetingstaff_copy();
CREATE FUNCTION interventions_meeting_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interventions_meetingstaff SET takes_time = takes_time WHERE meeting_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER interventions_meeting_tells_its_staff
    AFTER UPDATE OF starts_at, ends_at, state ON interventions_meeting
    FOR EACH ROW EXECUTE FUNCTION interventions_meeting_tell();
"""
NO_TIMES = """
DROP TRIGGER interventions_meeting_tells_its_staff ON interventions_meeting;
DROP FUNCTION interventions_meeting_tell();
DROP TRIGGER interventions_meetingstaff_is_copied ON interventions_meetingstaff;
DROP FUNCTION interventions_meetingstaff_copy();
"""

# Only somebody who belongs to the family's case comes to its meetings, or answers for it.
OF_THE_CASE = """
CREATE FUNCTION interventions_person_of_the_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_case bigint;
BEGIN
    IF TG_TABLE_NAME = 'interventions_attendance' THEN
        SELECT course.case_id INTO its_case FROM interventions_meeting AS meeting
            JOIN interventions_course AS course ON course.id = meeting.course_id
            WHERE meeting.id = NEW.meeting_id;
    ELSE
        SELECT course.case_id INTO its_case FROM interventions_screening AS screening
            JOIN interventions_course AS course ON course.id = screening.course_id
            WHERE screening.id = NEW.screening_id;
    END IF;
    IF NOT EXISTS (
        SELECT FROM cases_caseperson WHERE id = NEW.person_id AND case_id = its_case
    ) THEN
        RAISE EXCEPTION 'somebody who does not belong to the case'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_is_of_the_case';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_attendance_is_of_the_case
    BEFORE INSERT OR UPDATE OF person_id, meeting_id ON interventions_attendance
    FOR EACH ROW EXECUTE FUNCTION interventions_person_of_the_case();
CREATE TRIGGER interventions_gate_is_of_the_case
    BEFORE INSERT OR UPDATE OF person_id, screening_id ON interventions_gate
    FOR EACH ROW EXECUTE FUNCTION interventions_person_of_the_case();
"""
OF_ANY_CASE = """
DROP TRIGGER interventions_gate_is_of_the_case ON interventions_gate;
DROP TRIGGER interventions_attendance_is_of_the_case ON interventions_attendance;
DROP FUNCTION interventions_person_of_the_case();
"""

# HARD: a signed note never changes. Two things may still be written on it: who signed it too, where
# that was asked for, and that it stood in the wrong course, with a row that says who moved it.
# What is added stands beside it, and only when it is signed.
SIGNED = """
CREATE FUNCTION interventions_note_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    second text[] := '{cosigner_id,cosigned_by_id,cosigned_at}';
    place text[] := '{course_id,meeting_id}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.needs_cosigning AND OLD.cosigned_at IS NULL
            AND to_jsonb(NEW) - second = to_jsonb(OLD) - second THEN
            RETURN NEW;
        END IF;
        IF to_jsonb(NEW) - place = to_jsonb(OLD) - place AND EXISTS (
            SELECT FROM interventions_notemove AS move
            WHERE move.note_id = OLD.id AND move.course_id = OLD.course_id
                AND move.to_id = NEW.course_id
                AND move.id = (SELECT max(id) FROM interventions_notemove WHERE note_id = OLD.id)
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a signed note never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'note_signed_stays';
END $$;
CREATE TRIGGER interventions_note_stays BEFORE UPDATE OR DELETE ON interventions_note
    FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION interventions_note_stay();
CREATE TRIGGER interventions_note_is_whole BEFORE TRUNCATE ON interventions_note
    FOR EACH STATEMENT EXECUTE FUNCTION interventions_note_stay();
CREATE FUNCTION interventions_addendum_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what is added to a note is never changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'addendum_stays';
    END IF;
    IF NOT EXISTS (SELECT FROM interventions_note WHERE id = NEW.note_id AND state = 'signed') THEN
        RAISE EXCEPTION 'a draft is written on, not added to'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'addendum_is_to_a_signed_note';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_addendum_is_after BEFORE INSERT OR UPDATE OR DELETE
    ON interventions_addendum FOR EACH ROW EXECUTE FUNCTION interventions_addendum_after();
CREATE FUNCTION interventions_note_cosigned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (NEW.cosigned_at AT TIME ZONE 'Europe/Oslo')::date;
BEGIN
    IF NOT EXISTS (
        SELECT FROM interventions_course AS course
            JOIN interventions_service AS service ON service.id = course.service_id
            JOIN accounts_qualification AS held ON held.kind = service.qualification
        WHERE course.id = NEW.course_id AND held.user_id = NEW.cosigned_by_id
            AND held.status = 'qualified' AND held.started_on <= today
            AND (held.ended_on IS NULL OR held.ended_on >= today)
    ) OR NOT EXISTS (
        SELECT FROM cases_casemember AS member
            JOIN interventions_course AS course ON course.case_id = member.case_id
        WHERE course.id = NEW.course_id AND member.user_id = NEW.cosigned_by_id
            AND member.started_on <= today
            AND (member.ended_on IS NULL OR member.ended_on >= today)
    ) THEN
        RAISE EXCEPTION 'a note is signed too by somebody qualified who works with the family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'note_is_cosigned_by_the_qualified';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_note_is_cosigned BEFORE UPDATE ON interventions_note
    FOR EACH ROW WHEN (NEW.cosigned_at IS NOT NULL AND OLD.cosigned_at IS NULL)
    EXECUTE FUNCTION interventions_note_cosigned();
"""
UNSIGNED = """
DROP TRIGGER interventions_note_is_cosigned ON interventions_note;
DROP FUNCTION interventions_note_cosigned();
DROP TRIGGER interventions_addendum_is_after ON interventions_addendum;
DROP FUNCTION interventions_addendum_after();
DROP TRIGGER interventions_note_is_whole ON interventions_note;
DROP TRIGGER interventions_note_stays ON interventions_note;
DROP FUNCTION interventions_note_stay();
"""

# A worry is never removed or written over; what became of it is told beside it.
WORRY = """
CREATE TRIGGER interventions_safetycheck_is_kept BEFORE UPDATE OR DELETE
    ON interventions_safetycheck FOR EACH ROW
    EXECUTE FUNCTION cases_keep_what_was_said('settled_on', 'report_id', 'why_not');
CREATE TRIGGER interventions_safetycheck_is_whole BEFORE TRUNCATE ON interventions_safetycheck
    FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_what_was_said();
"""
NO_WORRY = """
DROP TRIGGER interventions_safetycheck_is_whole ON interventions_safetycheck;
DROP TRIGGER interventions_safetycheck_is_kept ON interventions_safetycheck;
"""

# HARD: what is given to the child or to staff begins beside something that the parents have
# accepted or been given already, for the same child; and consultation only when everybody who
# decides for the child agrees to contact with the place, or somebody has decided between them.
# The row of the parents' course is held until this is done, so that it does not end meanwhile.
BESIDE = """
CREATE FUNCTION interventions_course_goes_beside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    service interventions_service;
    family interventions_course;
    family_kind text;
    is_chosen boolean := true;
    begins boolean := NEW.state = 'running';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        is_chosen := NEW.beside_id IS DISTINCT FROM OLD.beside_id
            OR NEW.service_id <> OLD.service_id;
        begins := begins AND (OLD.started_on IS NULL
            OR OLD.state IN ('planned', 'waitlisted', 'offered'));
    END IF;
    IF NOT (is_chosen OR begins) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO service FROM interventions_service WHERE id = NEW.service_id;
    IF NEW.beside_id IS NOT NULL THEN
        SELECT * INTO family FROM interventions_course WHERE id = NEW.beside_id FOR SHARE;
        SELECT kind INTO family_kind FROM interventions_service WHERE id = family.service_id;
        IF NOT service.needs_family_course
            OR NOT (family_kind IN ('counselling', 'pmto_therapy')
                OR family_kind = 'parent_group' AND service.group_is_family_course)
            OR NOT (family.case_id = NEW.case_id OR EXISTS (
                SELECT FROM interventions_coursechild
                WHERE course_id = family.id AND case_id = NEW.case_id AND ended_on IS NULL))
        THEN
            RAISE EXCEPTION 'a course goes beside one for the parents, for the same child'
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'course_is_beside_one_for_the_parents';
        END IF;
    END IF;
    IF NOT begins OR NOT service.needs_family_course OR EXISTS (
        SELECT FROM interventions_course WHERE id = NEW.follows_id AND case_id = NEW.case_id
            AND service_id = NEW.service_id AND started_on IS NOT NULL)
    THEN
        RETURN NEW;  -- what somebody else takes over has begun already
    END IF;
    IF NEW.beside_id IS NULL OR NOT (family.state = 'running'
        OR family.accepted_on IS NOT NULL AND family.state IN ('planned', 'waitlisted', 'offered'))
    THEN
        RAISE EXCEPTION 'a course for the child or staff begins beside one for the parents'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_begins_beside_another';
    END IF;
    IF service.kind = 'consultation'
        AND NOT interventions_place_contact_is_agreed(NEW.case_id, NEW.started_on)
    THEN
        RAISE EXCEPTION 'staff are guided when those who decide for the child agree'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_for_staff_is_agreed';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION interventions_place_contact_is_agreed(its_case bigint, today date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH standin AS (
        SELECT standin.id, standin.person_id, standin.decider_id FROM cases_standin AS standin
        JOIN cases_caseperson AS decider ON decider.id = standin.decider_id
        WHERE decider.case_id = its_case AND decider.ended_on IS NULL
            AND standin.started_on <= today
            AND (standin.ended_on IS NULL OR standin.ended_on > today)
    ), holder AS (
        SELECT person.id AS person_id, standin.id AS standin_id FROM cases_caseperson AS person
        LEFT JOIN standin ON standin.person_id = person.id
        WHERE person.case_id = its_case AND person.ended_on IS NULL
            AND (person.responsibility = 'yes' OR standin.id IS NOT NULL OR person.id IN (
                SELECT decider_id FROM standin WHERE standin.person_id IS NULL))
    ), word AS (
        SELECT DISTINCT ON (consent.person_id, consent.stand_in_id)
            consent.person_id, consent.stand_in_id,
            consent.state IN ('refused', 'withdrawn') AS refuses,
            consent.state = 'given'
                AND (consent.expires_on IS NULL OR consent.expires_on >= today) AS agrees
        FROM cases_consent AS consent JOIN holder ON holder.person_id = consent.person_id
        WHERE consent.purpose = 'place_contact'
        ORDER BY consent.person_id, consent.stand_in_id, consent.state = 'requested',
            consent.said_on DESC, consent.id DESC
    ), decision AS (  -- it covers what had been said when it was made, and no more
        SELECT outcome, agreed, against, against || unheard AS unheard
        FROM cases_consentdecision WHERE case_id = its_case AND purpose = 'place_contact'
        ORDER BY id DESC LIMIT 1
    )
    SELECT coalesce(bool_or(word.agrees), false) AND bool_and(
        coalesce(word.agrees, false) OR coalesce(decision.outcome = 'proceed'
            AND NOT decision.agreed @> to_jsonb(holder.person_id)
            AND CASE WHEN word.refuses THEN decision.against ELSE decision.unheard END
                @> to_jsonb(holder.person_id), false))
    FROM holder LEFT JOIN word ON word.person_id = holder.person_id
        AND word.stand_in_id IS NOT DISTINCT FROM holder.standin_id
    LEFT JOIN decision ON true
$$;
CREATE TRIGGER interventions_course_is_beside
    BEFORE INSERT OR UPDATE OF state, beside_id, service_id ON interventions_course
    FOR EACH ROW EXECUTE FUNCTION interventions_course_goes_beside();
"""
ALONE = """
DROP TRIGGER interventions_course_is_beside ON interventions_course;
DROP FUNCTION interventions_course_goes_beside();
DROP FUNCTION interventions_place_contact_is_agreed(bigint, date);
"""

# A course of the parents is shared with the case of a linked sibling, and with no other; nobody
# who gives a course says yes to more meetings in it.
SHARED = """
CREATE FUNCTION interventions_coursechild_linked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM interventions_course AS course
        JOIN interventions_service AS service ON service.id = course.service_id
        JOIN cases_caselink AS link ON link.ended_on IS NULL
            AND (link.case_id = course.case_id AND link.other_id = NEW.case_id
                OR link.other_id = course.case_id AND link.case_id = NEW.case_id)
        WHERE course.id = NEW.course_id
            AND service.kind IN ('counselling', 'pmto_therapy', 'parent_group')
    ) THEN
        RAISE EXCEPTION 'only a linked sibling shares a course of the parents'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'coursechild_is_a_linked_sibling';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_coursechild_is_linked
    BEFORE INSERT OR UPDATE OF course_id ON interventions_coursechild
    FOR EACH ROW EXECUTE FUNCTION interventions_coursechild_linked();
CREATE FUNCTION interventions_extension_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM interventions_course WHERE id = NEW.course_id
            AND NEW.decided_by_id IN (practitioner_id, supervisor_id)
    ) THEN
        RAISE EXCEPTION 'somebody who does not give the course says yes to more meetings'
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'extension_is_decided_by_somebody_else';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_extension_is_decided
    BEFORE INSERT OR UPDATE OF decided_by_id ON interventions_extension
    FOR EACH ROW EXECUTE FUNCTION interventions_extension_decided();
"""
UNSHARED = """
DROP TRIGGER interventions_extension_is_decided ON interventions_extension;
DROP FUNCTION interventions_extension_decided();
DROP TRIGGER interventions_coursechild_is_linked ON interventions_coursechild;
DROP FUNCTION interventions_coursechild_linked();
"""

# Nobody of another family is called about this one, and what was written of a call stays: it is
# struck out beside, once.
CALLED = """
CREATE FUNCTION interventions_call_of_the_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM cases_caseperson AS person
            JOIN interventions_course AS course ON course.case_id = person.case_id
        WHERE person.id = NEW.person_id AND course.id = NEW.course_id
    ) THEN
        RAISE EXCEPTION 'somebody who does not belong to the case'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'interventions_call_is_of_the_case';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_call_is_of_the_case BEFORE INSERT ON interventions_call
    FOR EACH ROW EXECUTE FUNCTION interventions_call_of_the_case();
CREATE FUNCTION interventions_call_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was struck out stays so'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'call_struck_stays';
END $$;
CREATE TRIGGER interventions_call_stays_struck BEFORE UPDATE ON interventions_call FOR EACH ROW
    WHEN (OLD.struck_at IS NOT NULL) EXECUTE FUNCTION interventions_call_stay();
CREATE TRIGGER interventions_call_is_kept BEFORE UPDATE OR DELETE ON interventions_call
    FOR EACH ROW
    EXECUTE FUNCTION cases_keep_what_was_said('struck_at', 'struck_by_id', 'struck_why');
CREATE TRIGGER interventions_call_is_whole BEFORE TRUNCATE ON interventions_call
    FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_what_was_said();
"""
UNCALLED = """
DROP TRIGGER interventions_call_is_whole ON interventions_call;
DROP TRIGGER interventions_call_is_kept ON interventions_call;
DROP TRIGGER interventions_call_stays_struck ON interventions_call;
DROP FUNCTION interventions_call_stay();
DROP TRIGGER interventions_call_is_of_the_case ON interventions_call;
DROP FUNCTION interventions_call_of_the_case();
"""

# What belongs to one person is written while the note is a draft, in the moment that it is signed,
# and never after.
CHILDREN = ("assignment", "tried", "summary", "summaryreader", "rating")
KEPT = (*CHILDREN, "evaluation", "feedback", "notemove")
OF_A_DRAFT = """
CREATE FUNCTION interventions_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_note bigint := to_jsonb(NEW) ->> 'note_id';
BEGIN
    IF TG_TABLE_NAME = 'interventions_summaryreader' THEN
        SELECT note_id INTO its_note FROM interventions_summary
        WHERE id = (to_jsonb(NEW) ->> 'summary_id')::bigint;
    END IF;
    IF its_note IS NOT NULL AND NOT EXISTS (
        SELECT FROM interventions_note WHERE id = its_note AND state = 'draft'
    ) THEN
        RAISE EXCEPTION 'a signed note never changes, nor what belongs to it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'note_signed_stays';
    END IF;
    RETURN NEW;
END $$;
"""
OF_ANY = "DROP FUNCTION interventions_of_a_draft();"
BEFORE = [
    *(
        f"""
CREATE TRIGGER interventions_{name}_is_of_a_draft BEFORE INSERT ON interventions_{name}
    FOR EACH ROW EXECUTE FUNCTION interventions_of_a_draft();
"""
        for name in CHILDREN
    ),
    *(
        f"""
CREATE TRIGGER interventions_{name}_is_kept BEFORE UPDATE OR DELETE ON interventions_{name}
    FOR EACH ROW EXECUTE FUNCTION cases_keep_what_was_said();
CREATE TRIGGER interventions_{name}_is_whole BEFORE TRUNCATE ON interventions_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_what_was_said();
"""
        for name in KEPT
    ),
]
AFTER = [
    *(
        f"""
DROP TRIGGER interventions_{name}_is_whole ON interventions_{name};
DROP TRIGGER interventions_{name}_is_kept ON interventions_{name};
"""
        for name in KEPT
    ),
    *(
        f"DROP TRIGGER interventions_{name}_is_of_a_draft ON interventions_{name}"
        for name in CHILDREN
    ),
]

# Whose a goal is never changes, and nor do its words; what is under a goal is of the same course.
# A goal that is one person's is rated by nobody else.
GOALS = """
CREATE TRIGGER interventions_goal_is_kept BEFORE UPDATE OR DELETE ON interventions_goal
    FOR EACH ROW EXECUTE FUNCTION
    cases_keep_what_was_said('parent_id', 'ended_on', 'ended_by_id', 'ending', 'end_reason');
CREATE FUNCTION interventions_goal_under() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM interventions_goal WHERE id = NEW.parent_id AND course_id = NEW.course_id
            AND parent_id IS NULL AND person_id IS NOT DISTINCT FROM NEW.person_id
    ) OR EXISTS (SELECT FROM interventions_goal WHERE parent_id = NEW.id) THEN
        RAISE EXCEPTION 'what is under a goal is of the same course and the same person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'goal_is_under_one_of_its_own';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_goal_is_under BEFORE INSERT OR UPDATE OF parent_id
    ON interventions_goal FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION interventions_goal_under();
CREATE FUNCTION interventions_rating_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM interventions_goal WHERE id = NEW.goal_id AND person_id <> NEW.person_id
    ) THEN
        RAISE EXCEPTION 'a goal of one person is rated by nobody else'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rating_is_of_ones_own_goal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER interventions_rating_is_ones_own BEFORE INSERT ON interventions_rating
    FOR EACH ROW EXECUTE FUNCTION interventions_rating_whose();
"""
NO_GOALS = """
DROP TRIGGER interventions_rating_is_ones_own ON interventions_rating;
DROP FUNCTION interventions_rating_whose();
DROP TRIGGER interventions_goal_is_under ON interventions_goal;
DROP FUNCTION interventions_goal_under();
DROP TRIGGER interventions_goal_is_kept ON interventions_goal;
"""

# Nothing is for, or of, somebody who does not belong to the case.
OF_COURSE = "SELECT case_id FROM interventions_course WHERE id = ($1 ->> ''course_id'')::bigint"
BY_WAY_OF = """SELECT course.case_id FROM interventions_{0} AS {0}
    JOIN interventions_course AS course ON course.id = {0}.course_id
    WHERE {0}.id = ($1 ->> ''{0}_id'')::bigint"""
OF_SUMMARY = """SELECT course.case_id FROM interventions_summary AS summary
    JOIN interventions_note AS note ON note.id = summary.note_id
    JOIN interventions_course AS course ON course.id = note.course_id
    WHERE summary.id = ($1 ->> ''summary_id'')::bigint"""
WAYS = {
    "assignment": BY_WAY_OF.format("note"),
    "summaryreader": OF_SUMMARY,
    "goal": OF_COURSE,
    "rating": BY_WAY_OF.format("goal"),
    "feedback": OF_COURSE,
}
PEOPLE = """
CREATE FUNCTION interventions_person_of_its_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_case bigint;
BEGIN
    EXECUTE TG_ARGV[0] INTO its_case USING to_jsonb(NEW);
    IF NOT EXISTS (
        SELECT FROM cases_caseperson WHERE id = NEW.person_id AND case_id = its_case
    ) THEN
        RAISE EXCEPTION 'somebody who does not belong to the case'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_is_of_the_case';
    END IF;
    RETURN NEW;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER interventions_{name}_is_of_the_case BEFORE INSERT ON interventions_{name}
    FOR EACH ROW WHEN (NEW.person_id IS NOT NULL)
    EXECUTE FUNCTION interventions_person_of_its_case('{way}');
"""
    for name, way in WAYS.items()
)
STRANGERS = (
    "".join(
        f"DROP TRIGGER interventions_{name}_is_of_the_case ON interventions_{name};\n"
        for name in WAYS
    )
    + "DROP FUNCTION interventions_person_of_its_case();"
)

IS_KEPT = """
CREATE FUNCTION interventions_report_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{case_id,recipient_id}'::text[]
        = to_jsonb(OLD) - '{case_id,recipient_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a report that was issued stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'report_issued_stays';
END $$;
CREATE TRIGGER interventions_report_stays BEFORE UPDATE OR DELETE ON interventions_report
    FOR EACH ROW WHEN (OLD.document_id IS NOT NULL)
    EXECUTE FUNCTION interventions_report_keep();
"""
IS_KEPT_NO_MORE = """
DROP TRIGGER interventions_report_stays ON interventions_report;
DROP FUNCTION interventions_report_keep();
"""

# Two cases that become one: what was written of the one is of the other.
FOLLOW_REPORT = """
CREATE FUNCTION interventions_report_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interventions_report SET case_id = NEW.merged_into_id WHERE case_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER interventions_report_follows_its_case AFTER UPDATE OF merged_into_id ON cases_case
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL)
    EXECUTE FUNCTION interventions_report_follow();
"""
STAY_REPORT = """
DROP TRIGGER interventions_report_follows_its_case ON cases_case;
DROP FUNCTION interventions_report_follow();
"""

# What holds where a municipality has written nothing else. The sources do not agree; each number
# can be changed by a new row.
SINCE = date(2020, 1, 1)
FAMILY_AND_STAFF = {"needs_family_course": True, "risk": "indicated", "also_risk": "selective"}
SERVICES = {
    "screening": {
        "audience": "family", "qualification": "screener", "risk": "universal",
        "least_meetings": 1, "most_meetings": 3,
    },
    "counselling": {
        "audience": "guardians", "qualification": "counsellor", "risk": "selective",
        "least_meetings": 3, "most_meetings": 7, "usual_meetings": 5, "warn_above": 5,
        "reason_above": 7, "least_minutes": 60, "most_minutes": 60, "is_weekly": True,
    },
    "pmto_therapy": {
        "audience": "guardians", "qualification": "pmto_therapist", "risk": "indicated",
        "least_meetings": 15, "most_meetings": 40, "usual_meetings": 25, "milestone_above": 30,
        "least_minutes": 60, "most_minutes": 60, "is_weekly": True,
        "least_families_a_year": 8, "most_families_a_year": 10,
    },
    "parent_group": {
        "audience": "group", "qualification": "pmto_therapist", "leader_count": 2,
        "risk": "indicated", "also_risk": "selective",
        "least_meetings": 12, "most_meetings": 12, "usual_meetings": 12,
        "least_minutes": 150, "most_minutes": 150, "is_weekly": True,
        "least_families": 6, "most_families": 8,
    },
    "social_skills": {
        "audience": "child", "qualification": "social_skills_trainer", **FAMILY_AND_STAFF,
        "least_meetings": 6, "most_meetings": 10, "usual_meetings": 8,
        "least_minutes": 15, "most_minutes": 60, "is_weekly": True,
    },
    "consultation": {
        "audience": "staff", "qualification": "consultant", **FAMILY_AND_STAFF,
        "least_meetings": 6, "most_meetings": 8, "usual_meetings": 6,
    },
}  # fmt: skip

# What holds where a municipality has written nothing else: a starting point, to be confirmed. ECBI
# and PSS are the instruments that the programme's own screening names; where one of the others is
# off, nothing is planned of it.
OCCASIONS = ["before", "half_way", "after", "six_months"]
OF_PARENTS = ["ecbi", "pss", "sdq-parent-2-4", "sdq-parent-4-17"]
OF_TEACHERS = ["sdq-teacher-2-4", "sdq-teacher-4-17"]
BATTERIES = {
    "counselling": OF_PARENTS,
    "pmto_therapy": OF_PARENTS,
    "parent_group": OF_PARENTS,
    "social_skills": ["ecbi", *OF_PARENTS[2:], *OF_TEACHERS],
    "consultation": OF_TEACHERS,
}


def add_services(apps, _schema):
    service = apps.get_model("interventions", "Service")
    service.objects.bulk_create(
        service(kind=kind, started_on=SINCE, **numbers) for kind, numbers in SERVICES.items()
    )


def add_batteries(apps, _schema):
    battery = apps.get_model("interventions", "Battery")
    battery.objects.bulk_create(
        battery(
            kind=kind,
            started_on=SINCE,
            instruments=codes,
            occasions=OCCASIONS,
            is_starting_point=True,
        )
        for kind, codes in BATTERIES.items()
    )


class Migration(migrations.Migration):
    replaces = [
        ("interventions", "0002_services_have_numbers"),
        ("interventions", "0003_courses_meetings_and_notes"),
        ("interventions", "0006_courses_of_every_service"),
        ("interventions", "0007_meetings_come_in_series"),
        ("interventions", "0008_notes_goals_and_what_is_tried_at_home"),
        ("interventions", "0009_measures_are_planned_and_reports_written"),
    ]
    dependencies = [
        ("interventions", "0001_tables"),
        ("cases", "0002_what_was_said_stays"),
    ]

    operations = [
        migrations.RunSQL(ASSIGNED, UNASSIGNED),
        migrations.RunSQL(FOLLOW, STAY),
        migrations.RunSQL(KEEP_SERVICE, FREE_SERVICE),
        migrations.RunSQL(TIMES, NO_TIMES),
        migrations.RunSQL(OF_THE_CASE, OF_ANY_CASE),
        migrations.RunSQL(SIGNED, UNSIGNED),
        migrations.RunSQL(WORRY, NO_WORRY),
        migrations.RunSQL(BESIDE, ALONE),
        migrations.RunSQL(SHARED, UNSHARED),
        migrations.RunSQL(CALLED, UNCALLED),
        migrations.RunSQL(OF_A_DRAFT, OF_ANY),
        migrations.RunSQL("".join(BEFORE), ";".join(AFTER)),
        migrations.RunSQL(GOALS, NO_GOALS),
        migrations.RunSQL(PEOPLE, STRANGERS),
        migrations.RunSQL(IS_KEPT, IS_KEPT_NO_MORE),
        migrations.RunSQL(FOLLOW_REPORT, STAY_REPORT),
        migrations.RunPython(add_services, migrations.RunPython.noop),
        migrations.RunPython(add_batteries, migrations.RunPython.noop),
    ]
