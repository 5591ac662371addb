-- Locks reservations and then everything they count in, in the one order that all writers keep.
CREATE FUNCTION budgets_lock(p_tenant bigint, p_ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM budgets_reservation
    WHERE tenant_id = p_tenant AND id = ANY (p_ids) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM budgets_purse
    WHERE tenant_id = p_tenant AND id IN (
        SELECT unnest(purses) FROM budgets_reservation WHERE tenant_id = p_tenant AND id = ANY (p_ids)
    ) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM budgets_installationpurse
    WHERE id IN (
        SELECT unnest(installation_purses) FROM budgets_reservation WHERE tenant_id = p_tenant AND id = ANY (p_ids)
    ) ORDER BY id FOR NO KEY UPDATE;
END $$
