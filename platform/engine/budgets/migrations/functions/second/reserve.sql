-- Holds money for one call in every purse it counts in, or in none.
--
-- p_numbers has six numbers an option: amount, prompt tokens, output tokens, and the prices of input, cached input and
-- output; p_names has two: provider and model. The first option is granted unless the fullest purse has reached
-- p_cheaper_at thousandths or it does not fit; then the second is tried.
-- Purses are taken one by one, the narrow ones first: nobody waits for those, so what all of a tenant's calls share is
-- locked for the shortest time. Each is made or found, locked and filled by one upsert, which finds it by its key
-- whatever the planner believes of the table: of a young table it believes that reading all purses of the tenant is as
-- cheap. What was filled is taken back where the first option turns out not to be the one to grant, which is rare.
-- Gives one row: the reservation and its option (from 0), or the narrowest scope that refuses and its limit.
CREATE OR REPLACE FUNCTION budgets_reserve(
    p_tenant bigint, p_run text, p_step integer, p_attempt integer, p_conversation bigint, p_customer bigint,
    p_release integer, p_feature text, p_traffic text, p_numbers bigint[], p_names text[],
    p_cheaper_at integer, p_now timestamptz, p_expires timestamptz
) RETURNS TABLE (
    reservation_id bigint, amount bigint, granted integer, pressure integer,
    refused_scope text, refused_limit bigint, state text, told bigint[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_found record;
    v_purse bigint;
    v_purses bigint[] := '{}';
    v_held_before bigint;
    v_refused boolean := false;
    v_wide bigint[] := '{}';
    v_wide_missing bigint;
    v_wide_stale boolean;
    v_room bigint := 9223372036854775807;
    v_wide_room bigint;
    v_pressure integer := 0;
    v_wide_pressure integer;
    v_second integer := array_length(p_numbers, 1) / 6 - 1;
    v_least bigint := p_numbers[v_second * 6 + 1];
    v_option integer := 0;
    v_amount bigint := p_numbers[1];
    v_id bigint;
    v_held budgets_reservation;
    v_scope text;
    v_limit bigint;
    v_refusing bigint[];
BEGIN
    FOR v_found IN
        SELECT a.budget_id, a.scope, a.subject, a.period_start, a.limit_nanos
        FROM budgets_applying(
            p_tenant, p_run, p_conversation, p_customer, p_release, p_feature, p_traffic, p_now) a
        ORDER BY array_position(
            '{run,conversation,customer_day,release,feature,tenant_day,tenant_month}'::text[], a.scope)
    LOOP
        -- The narrow ones tell nothing before 100: half of a run's money is no news.
        INSERT INTO budgets_purse AS p (tenant_id, budget_id, subject, period_start, limit_nanos, settled_nanos,
            reserved_nanos, over_nanos, alerted)
        VALUES (p_tenant, v_found.budget_id, v_found.subject, v_found.period_start, v_found.limit_nanos, 0,
            CASE WHEN v_amount <= v_found.limit_nanos THEN v_amount ELSE 0 END, 0,
            CASE WHEN v_found.scope IN ('run', 'conversation', 'customer_day') THEN 90 ELSE 0 END)
        ON CONFLICT (tenant_id, budget_id, subject, period_start) DO UPDATE SET
            limit_nanos = EXCLUDED.limit_nanos, over_nanos = 0, reserved_nanos = p.reserved_nanos + v_amount
            WHERE p.settled_nanos + p.reserved_nanos + v_amount <= EXCLUDED.limit_nanos
        RETURNING p.id, p.settled_nanos + p.reserved_nanos - v_amount INTO v_purse, v_held_before;
        IF v_purse IS NULL OR v_amount > v_found.limit_nanos THEN
            v_refused := true;
        ELSE
            v_purses := v_purses || v_purse;
            v_pressure := greatest(v_pressure, CASE WHEN v_found.limit_nanos = 0 THEN 1000
                ELSE least(1000, v_held_before * 1000 / v_found.limit_nanos) END);
        END IF;
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

    IF v_refused OR v_amount > v_wide_room OR (v_second = 1 AND v_pressure >= p_cheaper_at) THEN
        -- All purses are locked by now, those that had no room too: take back what was filled, and look at them all.
        FOREACH v_purse IN ARRAY v_purses LOOP
            UPDATE budgets_purse SET reserved_nanos = reserved_nanos - v_amount
            WHERE tenant_id = p_tenant AND id = v_purse;
        END LOOP;
        SELECT coalesce(array_agg(p.id ORDER BY array_position(
            '{run,conversation,customer_day,release,feature,tenant_day,tenant_month}'::text[], a.scope)), '{}')
        INTO v_purses
        FROM budgets_applying(
            p_tenant, p_run, p_conversation, p_customer, p_release, p_feature, p_traffic, p_now) a
        JOIN budgets_purse p ON p.tenant_id = p_tenant AND p.budget_id = a.budget_id
            AND p.subject = a.subject AND p.period_start = a.period_start;
        UPDATE budgets_purse p SET limit_nanos = b.limit_nanos,
            over_nanos = greatest(0, p.settled_nanos + p.reserved_nanos - b.limit_nanos)
        FROM budgets_budget b
        WHERE p.tenant_id = p_tenant AND p.id = ANY (v_purses) AND b.tenant_id = p_tenant AND b.id = p.budget_id
            AND b.limit_nanos <> p.limit_nanos;
        SELECT coalesce(min(p.limit_nanos - p.settled_nanos - p.reserved_nanos), 9223372036854775807),
            greatest(v_wide_pressure, max(CASE WHEN p.limit_nanos = 0 THEN 1000
                ELSE least(1000, (p.settled_nanos + p.reserved_nanos) * 1000 / p.limit_nanos) END), 0)
        INTO v_room, v_pressure
        FROM budgets_purse p WHERE p.tenant_id = p_tenant AND p.id = ANY (v_purses);
        v_option := CASE
            WHEN (v_second = 0 OR v_pressure < p_cheaper_at) AND p_numbers[1] <= least(v_room, v_wide_room) THEN 0
            WHEN v_second = 1 AND v_least <= least(v_room, v_wide_room) THEN 1
        END;
        v_amount := p_numbers[v_option * 6 + 1];
        IF v_option IS NOT NULL THEN
            FOREACH v_purse IN ARRAY v_purses LOOP
                UPDATE budgets_purse SET reserved_nanos = reserved_nanos + v_amount
                WHERE tenant_id = p_tenant AND id = v_purse;
            END LOOP;
        END IF;
    END IF;
    IF v_option IS NOT NULL THEN
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
            IF v_option IS NOT NULL THEN
                FOREACH v_purse IN ARRAY v_purses LOOP
                    UPDATE budgets_purse SET reserved_nanos = reserved_nanos - v_amount
                    WHERE tenant_id = p_tenant AND id = v_purse;
                END LOOP;
            END IF;
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

    IF v_wide <> '{}' THEN
        UPDATE budgets_installationpurse SET reserved_nanos = reserved_nanos + v_amount WHERE id = ANY (v_wide);
    END IF;
    RETURN QUERY SELECT v_id, v_amount, v_option, v_pressure, ''::text, 0::bigint, 'held'::text, '{}'::bigint[];
END $$
