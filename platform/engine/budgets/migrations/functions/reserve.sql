-- Holds money for one call in every purse it counts in, or in none.
--
-- p_numbers has six numbers an option: amount, prompt tokens, output tokens, and the prices of input, cached input and
-- output; p_names has two: provider and model. The first option is granted unless the fullest purse has reached
-- p_cheaper_at thousandths or it does not fit; then the second is tried.
-- Gives one row: the reservation and its option (from 0), or the narrowest scope that refuses and its limit.
CREATE FUNCTION budgets_reserve(
    p_tenant bigint, p_run text, p_step integer, p_attempt integer, p_conversation bigint, p_customer bigint,
    p_release integer, p_feature text, p_traffic text, p_numbers bigint[], p_names text[],
    p_cheaper_at integer, p_now timestamptz, p_expires timestamptz
) RETURNS TABLE (
    reservation_id bigint, amount bigint, granted integer, pressure integer,
    refused_scope text, refused_limit bigint, state text, told bigint[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_purses bigint[];
    v_missing bigint;
    v_stale boolean;
    v_wide bigint[] := '{}';
    v_wide_missing bigint;
    v_wide_stale boolean;
    v_room bigint;
    v_wide_room bigint;
    v_pressure integer;
    v_wide_pressure integer;
    v_second integer := array_length(p_numbers, 1) / 6 - 1;
    v_least bigint := p_numbers[v_second * 6 + 1];
    v_option integer;
    v_amount bigint;
    v_id bigint;
    v_held budgets_reservation;
    v_scope text;
    v_limit bigint;
    v_refusing bigint[];
BEGIN
    FOR v_try IN 1..3 LOOP
        SELECT coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE p.id IS NOT NULL), '{}'),
            count(*) FILTER (WHERE p.id IS NULL), bool_or(p.limit_nanos <> a.limit_nanos)
        INTO v_purses, v_missing, v_stale
        FROM budgets_applying(
            p_tenant, p_run, p_conversation, p_customer, p_release, p_feature, p_traffic, p_now) a
        LEFT JOIN budgets_purse p ON p.tenant_id = p_tenant AND p.budget_id = a.budget_id
            AND p.subject = a.subject AND p.period_start = a.period_start;
        EXIT WHEN v_missing = 0;
        -- In the order of the budgets, so that two who make the same purses wait for each other in one direction.
        -- The narrow ones tell nothing before 100: half of a run's money is no news.
        INSERT INTO budgets_purse (tenant_id, budget_id, subject, period_start, limit_nanos, settled_nanos,
            reserved_nanos, over_nanos, alerted)
        SELECT p_tenant, a.budget_id, a.subject, a.period_start, a.limit_nanos, 0, 0, 0,
            CASE WHEN a.scope IN ('run', 'conversation', 'customer_day') THEN 90 ELSE 0 END
        FROM budgets_applying(
            p_tenant, p_run, p_conversation, p_customer, p_release, p_feature, p_traffic, p_now) a
        ORDER BY a.budget_id
        ON CONFLICT DO NOTHING;
    END LOOP;

    FOR v_try IN 1..3 LOOP
        SELECT coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE p.id IS NOT NULL), '{}'),
            count(*) FILTER (WHERE p.id IS NULL), bool_or(p.limit_nanos <> b.limit_nanos)
        INTO v_wide, v_wide_missing, v_wide_stale
        FROM budgets_installationbudget b
        LEFT JOIN budgets_installationpurse p ON p.budget_id = b.id
            AND p.period_start = date_trunc(b.period, p_now, 'UTC')
        WHERE b.enabled;
        EXIT WHEN v_wide_missing = 0;
        INSERT INTO budgets_installationpurse (budget_id, period_start, limit_nanos, settled_nanos, reserved_nanos,
            over_nanos, alerted)
        SELECT b.id, date_trunc(b.period, p_now, 'UTC'), b.limit_nanos, 0, 0, 0, 0
        FROM budgets_installationbudget b WHERE b.enabled ORDER BY b.id
        ON CONFLICT DO NOTHING;
    END LOOP;

    IF v_stale THEN
        PERFORM 1 FROM budgets_purse
        WHERE tenant_id = p_tenant AND id = ANY (v_purses) ORDER BY id FOR NO KEY UPDATE;
        UPDATE budgets_purse p SET limit_nanos = b.limit_nanos,
            over_nanos = greatest(0, p.settled_nanos + p.reserved_nanos - b.limit_nanos)
        FROM budgets_budget b
        WHERE p.tenant_id = p_tenant AND p.id = ANY (v_purses) AND b.tenant_id = p_tenant AND b.id = p.budget_id
            AND b.limit_nanos <> p.limit_nanos;
    END IF;
    SELECT coalesce(min(x.room), 9223372036854775807), coalesce(max(x.pressure), 0) INTO v_room, v_pressure
    FROM (
        SELECT p.limit_nanos - p.settled_nanos - p.reserved_nanos AS room, CASE WHEN p.limit_nanos = 0 THEN 1000
            ELSE least(1000, (p.settled_nanos + p.reserved_nanos) * 1000 / p.limit_nanos) END AS pressure
        FROM budgets_purse p
        WHERE p.tenant_id = p_tenant AND p.id = ANY (v_purses) ORDER BY p.id FOR NO KEY UPDATE
    ) x;

    IF v_wide <> '{}' THEN
        IF v_wide_stale THEN
            PERFORM 1 FROM budgets_installationpurse WHERE id = ANY (v_wide) ORDER BY id FOR NO KEY UPDATE;
            UPDATE budgets_installationpurse p SET limit_nanos = b.limit_nanos,
                over_nanos = greatest(0, p.settled_nanos + p.reserved_nanos - b.limit_nanos)
            FROM budgets_installationbudget b
            WHERE p.id = ANY (v_wide) AND b.id = p.budget_id AND b.limit_nanos <> p.limit_nanos;
        END IF;
        SELECT min(x.room), max(x.pressure) INTO v_wide_room, v_wide_pressure
        FROM (
            SELECT p.limit_nanos - p.settled_nanos - p.reserved_nanos AS room, CASE WHEN p.limit_nanos = 0 THEN 1000
                ELSE least(1000, (p.settled_nanos + p.reserved_nanos) * 1000 / p.limit_nanos) END AS pressure
            FROM budgets_installationpurse p WHERE p.id = ANY (v_wide) ORDER BY p.id FOR NO KEY UPDATE
        ) x;
        v_pressure := greatest(v_pressure, v_wide_pressure);
    END IF;

    v_option := CASE
        WHEN (v_second = 0 OR v_pressure < p_cheaper_at) AND p_numbers[1] <= least(v_room, v_wide_room) THEN 0
        WHEN v_second = 1 AND v_least <= least(v_room, v_wide_room) THEN 1
    END;
    IF v_option IS NOT NULL THEN
        v_amount := p_numbers[v_option * 6 + 1];
        INSERT INTO budgets_reservation (tenant_id, run, step, attempt, conversation, customer, release, feature,
            traffic, provider, model, option, amount_nanos, prompt_tokens, output_tokens, input_price, cached_price,
            output_price, purses, installation_purses, state, created_at, expires_at)
        VALUES (p_tenant, p_run, p_step, p_attempt, p_conversation, p_customer, p_release, p_feature, p_traffic,
            p_names[v_option * 2 + 1], p_names[v_option * 2 + 2], v_option, v_amount, p_numbers[v_option * 6 + 2],
            p_numbers[v_option * 6 + 3], p_numbers[v_option * 6 + 4], p_numbers[v_option * 6 + 5],
            p_numbers[v_option * 6 + 6], v_purses, v_wide, 'held', p_now, p_expires)
        ON CONFLICT (tenant_id, run, step, attempt) DO NOTHING
        RETURNING id INTO v_id;
    END IF;
    IF v_id IS NULL THEN
        -- Asked before: the same money again, not more of it.
        SELECT * INTO v_held FROM budgets_reservation r
        WHERE r.tenant_id = p_tenant AND r.run = p_run AND r.step = p_step AND r.attempt = p_attempt;
        IF FOUND THEN
            RETURN QUERY SELECT v_held.id, v_held.amount_nanos, v_held.option::integer, v_pressure, ''::text,
                0::bigint, v_held.state::text, '{}'::bigint[];
            RETURN;
        END IF;
        SELECT array_agg(p.id), (array_agg(b.scope::text ORDER BY x.place))[1],
            (array_agg(p.limit_nanos ORDER BY x.place))[1]
        INTO v_refusing, v_scope, v_limit
        FROM budgets_purse p
        JOIN budgets_budget b ON b.tenant_id = p_tenant AND b.id = p.budget_id
        JOIN unnest(ARRAY['run', 'conversation', 'customer_day', 'release', 'feature', 'tenant_day', 'tenant_month'])
            WITH ORDINALITY AS x (scope, place) ON x.scope = b.scope
        WHERE p.tenant_id = p_tenant AND p.id = ANY (v_purses)
            AND p.limit_nanos - p.settled_nanos - p.reserved_nanos < v_least;
        IF v_scope IS NULL THEN
            SELECT 'installation', p.limit_nanos INTO v_scope, v_limit FROM budgets_installationpurse p
            WHERE p.id = ANY (v_wide) AND p.limit_nanos - p.settled_nanos - p.reserved_nanos < v_least
            ORDER BY p.id LIMIT 1;
        END IF;
        RETURN QUERY SELECT NULL::bigint, 0::bigint, NULL::integer, v_pressure, v_scope, v_limit, 'refused'::text,
            CASE WHEN v_refusing IS NULL THEN '{}'::bigint[]
            ELSE budgets_tell(p_tenant, v_refusing, true, p_run, p_now) END;
        RETURN;
    END IF;

    UPDATE budgets_purse SET reserved_nanos = reserved_nanos + v_amount
    WHERE tenant_id = p_tenant AND id = ANY (v_purses);
    IF v_wide <> '{}' THEN
        UPDATE budgets_installationpurse SET reserved_nanos = reserved_nanos + v_amount WHERE id = ANY (v_wide);
    END IF;
    RETURN QUERY SELECT v_id, v_amount, v_option, v_pressure, ''::text, 0::bigint, 'held'::text, '{}'::bigint[];
END $$
