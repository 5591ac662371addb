-- Turns reservations into usage: one bill each, all in one call. Safe to repeat: what is settled stays as it is.
--
-- A purse pays what was held and, beyond that, what is free under every limit; the rest of the cost is the overrun.
-- What all of a tenant's calls share is locked last: the purses after the rows, the wide ones after the narrow ones.
-- A reservation that expired meanwhile was charged in full as lost: that is taken back by a negative row first.
CREATE OR REPLACE FUNCTION budgets_settle(
    p_tenant bigint, p_ids bigint[], p_prompts bigint[], p_cached bigint[], p_completions bigint[],
    p_estimated boolean[], p_lost boolean, p_now timestamptz
) RETURNS TABLE (
    reservation_id bigint, cost bigint, charged bigint, overrun bigint, told bigint[], loud text[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    r budgets_reservation;
    v_cost bigint;
    v_charged bigint;
    v_held bigint;
    v_paid bigint;
    v_room bigint;
    v_free bigint;
    v_purse bigint;
    v_moved record;
    v_told bigint[];
    v_alert bigint;
BEGIN
    -- One bill locks what it reads; several must lock everything first, in order.
    IF array_length(p_ids, 1) > 1 THEN
        PERFORM budgets_lock(p_tenant, p_ids);
    END IF;
    FOR i IN 1..coalesce(array_length(p_ids, 1), 0) LOOP
        SELECT * INTO r FROM budgets_reservation
        WHERE tenant_id = p_tenant AND id = p_ids[i] FOR NO KEY UPDATE;
        CONTINUE WHEN NOT FOUND OR r.state = 'settled' OR (p_lost AND r.state <> 'held');
        v_held := CASE r.state WHEN 'held' THEN r.amount_nanos ELSE 0 END;
        v_paid := CASE r.state WHEN 'expired' THEN r.amount_nanos ELSE 0 END;
        v_cost := CASE WHEN p_lost THEN r.amount_nanos ELSE (
            (p_prompts[i] - p_cached[i]) * r.input_price + p_cached[i] * r.cached_price
            + p_completions[i] * r.output_price + 999999) / 1000000 END;
        v_charged := v_cost;
        IF v_cost > v_held + v_paid THEN
            v_room := NULL;
            FOREACH v_purse IN ARRAY r.purses LOOP
                SELECT limit_nanos - settled_nanos - reserved_nanos INTO v_free FROM budgets_purse
                WHERE tenant_id = p_tenant AND id = v_purse FOR NO KEY UPDATE;
                v_room := least(v_room, v_free);
            END LOOP;
            IF r.installation_purses <> '{}' THEN
                SELECT least(v_room, min(x.room)) INTO v_room FROM (
                    SELECT limit_nanos - settled_nanos - reserved_nanos AS room FROM budgets_installationpurse
                    WHERE id = ANY (r.installation_purses) ORDER BY id FOR NO KEY UPDATE
                ) x;
            END IF;
            v_charged := least(v_cost, v_held + v_paid + greatest(0, v_room));
        END IF;
        IF v_paid > 0 THEN
            INSERT INTO budgets_usage (tenant_id, reservation, run, step, attempt, conversation, customer, release,
                feature, traffic, provider, model, input_price, cached_price, output_price, prompt_tokens,
                completion_tokens, cached_tokens, cost_nanos, charged_nanos, overrun_nanos, estimated, lost, at)
            VALUES (p_tenant, r.id, r.run, r.step, r.attempt, r.conversation, r.customer, r.release, r.feature,
                r.traffic, r.provider, r.model, r.input_price, r.cached_price, r.output_price, -r.prompt_tokens,
                -r.output_tokens, 0, -v_paid, -v_paid, 0, true, true, p_now);
        END IF;
        INSERT INTO budgets_usage (tenant_id, reservation, run, step, attempt, conversation, customer, release,
            feature, traffic, provider, model, input_price, cached_price, output_price, prompt_tokens,
            completion_tokens, cached_tokens, cost_nanos, charged_nanos, overrun_nanos, estimated, lost, at)
        VALUES (p_tenant, r.id, r.run, r.step, r.attempt, r.conversation, r.customer, r.release, r.feature,
            r.traffic, r.provider, r.model, r.input_price, r.cached_price, r.output_price, p_prompts[i],
            p_completions[i], p_cached[i], v_cost, v_charged, v_cost - v_charged, p_estimated[i], p_lost, p_now);
        UPDATE budgets_reservation SET state = CASE WHEN p_lost THEN 'expired' ELSE 'settled' END
        WHERE tenant_id = p_tenant AND id = r.id;
        v_moved := budgets_move(p_tenant, r.purses, r.installation_purses, v_held, v_charged - v_paid);
        v_told := CASE WHEN v_moved.passed IS NULL THEN '{}'::bigint[]
            ELSE budgets_tell(p_tenant, v_moved.passed, false, r.run, p_now) END;
        IF v_cost > v_charged THEN
            v_alert := NULL;
            INSERT INTO budgets_alert (tenant_id, key, kind, scope, subject, detail, at)
            VALUES (p_tenant, 'overrun:' || to_char(p_now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24'), 'overrun', 'run',
                r.run, jsonb_build_object('cost', v_cost, 'charged', v_charged, 'held', r.amount_nanos), p_now)
            ON CONFLICT DO NOTHING RETURNING id INTO v_alert;
            v_told := CASE WHEN v_alert IS NULL THEN v_told ELSE v_told || v_alert END;
        END IF;
        RETURN QUERY SELECT r.id, v_cost, v_charged, v_cost - v_charged, v_told, coalesce(v_moved.wide_passed, '{}');
    END LOOP;
END $$
