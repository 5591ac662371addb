-- Locks reservations and then everything they count in, in the one order that all writers keep.
CREATE FUNCTION budgets_lock(p_tenant bigint, p_ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_purses bigint[];
    v_more bigint[];
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
    PERFORM 1 FROM budgets_purse WHERE tenant_id = p_tenant AND id = ANY (v_all) ORDER BY id FOR NO KEY UPDATE;
    IF v_wide <> '{}' THEN
        PERFORM 1 FROM budgets_installationpurse WHERE id = ANY (v_wide) ORDER BY id FOR NO KEY UPDATE;
    END IF;
END $$
