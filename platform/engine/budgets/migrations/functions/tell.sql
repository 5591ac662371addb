-- Writes an alert for every threshold that these purses (locked by the caller) have passed since the last one told,
-- and for 100 where a call was refused. Gives the ids of the new alerts.
CREATE FUNCTION budgets_tell(p_tenant bigint, p_purses bigint[], p_refused boolean, p_run text, p_now timestamptz)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_told bigint[];
BEGIN
    WITH passed AS (
        SELECT p.id, b.scope, p.subject, p.settled_nanos, p.reserved_nanos, p.limit_nanos, t.threshold
        FROM budgets_purse p
        JOIN budgets_budget b ON b.tenant_id = p_tenant AND b.id = p.budget_id
        CROSS JOIN unnest(ARRAY[50, 75, 90, 100]) AS t (threshold)
        WHERE p.tenant_id = p_tenant AND p.id = ANY (p_purses) AND t.threshold > p.alerted AND (
            (p.limit_nanos > 0 AND p.settled_nanos * 100 >= p.limit_nanos * t.threshold)
            OR (p_refused AND t.threshold = 100)
        )
    ), told AS (
        INSERT INTO budgets_alert (tenant_id, key, kind, threshold, purse_id, scope, subject, detail, at)
        SELECT p_tenant, 'purse:' || id || ':' || threshold, 'threshold', threshold, id, scope, subject,
            jsonb_build_object('settled', settled_nanos, 'reserved', reserved_nanos, 'limit', limit_nanos,
                'run', p_run, 'refused', p_refused),
            p_now
        FROM passed ORDER BY id, threshold
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT array_agg(id ORDER BY id) INTO v_told FROM told;
    UPDATE budgets_purse p SET alerted = a.highest
    FROM (
        SELECT purse_id, max(threshold) AS highest FROM budgets_alert
        WHERE tenant_id = p_tenant AND id = ANY (v_told) GROUP BY 1
    ) a
    WHERE p.tenant_id = p_tenant AND p.id = a.purse_id;
    RETURN coalesce(v_told, '{}');
END $$
