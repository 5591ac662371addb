-- Locks reservations and then everything they count in, in the one order that all writers keep: of purses the narrow ones
-- first, of one kind by their keys.
CREATE OR REPLACE FUNCTION budgets_lock(p_tenant bigint, p_ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_purses bigint[];
    v_more bigint[];
    v_purse bigint;
    v_all bigint[] := '{}';
    v_wide bigint[] := '{}';
BEGIN
    FOR v_purses, v_more IN
        SELECT purses, installation_purses FROM budgets_reservation
        WHERE tenant_id = p_tenant AND id = ANY (p_ids) ORDER BY id FOR NO KEY UPDATE
    LOOP
        v_all := v_all || v_purses;
        v_wide := v_wide || v_more;
    END LOOP;
    FOR v_purse IN
        SELECT p.id FROM budgets_purse p
        JOIN budgets_budget b ON b.tenant_id = p_tenant AND b.id = p.budget_id
        WHERE p.tenant_id = p_tenant AND p.id = ANY (v_all)
        ORDER BY array_position(
            '{run,conversation,customer_day,release,feature,tenant_day,tenant_month}'::text[], b.scope::text), p.id
    LOOP
        PERFORM 1 FROM budgets_purse WHERE tenant_id = p_tenant AND id = v_purse FOR NO KEY UPDATE;
    END LOOP;
    IF v_wide <> '{}' THEN
        PERFORM 1 FROM budgets_installationpurse WHERE id = ANY (v_wide) ORDER BY id FOR NO KEY UPDATE;
    END IF;
END $$
