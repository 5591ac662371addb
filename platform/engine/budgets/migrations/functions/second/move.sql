-- Takes money out of what is reserved (or was charged as lost) and adds what is charged, in all purses of one
-- reservation, in the order in which it names them. Gives those that passed a threshold.
CREATE OR REPLACE FUNCTION budgets_move(
    p_tenant bigint, p_purses bigint[], p_wide bigint[], p_reserved bigint, p_settled bigint,
    OUT passed bigint[], OUT wide_passed text[]
) LANGUAGE plpgsql AS $$
DECLARE
    v_purse bigint;
    v_news boolean;
BEGIN
    FOREACH v_purse IN ARRAY p_purses LOOP
        UPDATE budgets_purse SET
            reserved_nanos = reserved_nanos - p_reserved,
            settled_nanos = settled_nanos + p_settled,
            over_nanos = least(over_nanos, greatest(0,
                settled_nanos + reserved_nanos + p_settled - p_reserved - limit_nanos))
        WHERE tenant_id = p_tenant AND id = v_purse
        RETURNING alerted < 100 AND limit_nanos > 0 AND settled_nanos * 100 >= limit_nanos
            * CASE WHEN alerted < 50 THEN 50 WHEN alerted < 75 THEN 75 WHEN alerted < 90 THEN 90 ELSE 100 END
        INTO v_news;
        IF v_news THEN
            passed := passed || v_purse;
        END IF;
    END LOOP;
    IF p_wide <> '{}' THEN
        WITH moved AS (
            UPDATE budgets_installationpurse SET
                reserved_nanos = reserved_nanos - p_reserved,
                settled_nanos = settled_nanos + p_settled,
                over_nanos = least(over_nanos, greatest(0,
                    settled_nanos + reserved_nanos + p_settled - p_reserved - limit_nanos)),
                alerted = CASE WHEN limit_nanos = 0 THEN alerted ELSE greatest(alerted, (
                    SELECT coalesce(max(t), 0) FROM unnest(ARRAY[50, 75, 90, 100]) t
                    WHERE (settled_nanos + p_settled) * 100 >= limit_nanos * t)) END
            WHERE id = ANY (p_wide)
            RETURNING id, budget_id, alerted
        )
        -- The outer query still sees the row as it was before.
        SELECT array_agg(b.period || ':' || m.alerted) INTO wide_passed
        FROM moved m
        JOIN budgets_installationpurse p ON p.id = m.id
        JOIN budgets_installationbudget b ON b.id = m.budget_id
        WHERE m.alerted > p.alerted;
    END IF;
END $$
