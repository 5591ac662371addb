-- Gives held money back, for calls that were certainly not made. Safe to repeat. Gives how many were held.
CREATE FUNCTION budgets_release(p_tenant bigint, p_ids bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    r budgets_reservation;
    v_count integer := 0;
BEGIN
    PERFORM budgets_lock(p_tenant, p_ids);
    FOR r IN
        UPDATE budgets_reservation SET state = 'released'
        WHERE tenant_id = p_tenant AND id = ANY (p_ids) AND state = 'held' RETURNING *
    LOOP
        PERFORM budgets_move(p_tenant, r.purses, r.installation_purses, r.amount_nanos, 0);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$
