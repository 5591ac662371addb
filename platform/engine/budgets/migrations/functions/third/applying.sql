-- The budgets that a spender's call counts under, with the purse each of them counts it in.
-- Run and conversation are counted over their whole life, customer, tenant_day and previews over a UTC day, the
-- rest a month.
CREATE OR REPLACE FUNCTION budgets_applying(
    p_tenant bigint, p_run text, p_conversation bigint, p_customer bigint, p_release integer,
    p_feature text, p_traffic text, p_now timestamptz
) RETURNS TABLE (budget_id bigint, scope text, subject text, period_start timestamptz, limit_nanos bigint)
LANGUAGE sql STABLE AS $$
    SELECT
        b.id,
        b.scope::text,
        CASE b.scope
            WHEN 'run' THEN p_run
            WHEN 'conversation' THEN p_conversation::text
            WHEN 'customer_day' THEN p_customer::text
            ELSE b.subject
        END,
        CASE
            WHEN b.scope IN ('run', 'conversation') THEN timestamptz 'epoch'
            WHEN b.scope IN ('customer_day', 'tenant_day') THEN date_trunc('day', p_now, 'UTC')
            WHEN b.scope = 'feature' AND b.subject = 'preview' THEN date_trunc('day', p_now, 'UTC')
            ELSE date_trunc('month', p_now, 'UTC')
        END,
        b.limit_nanos
    FROM budgets_budget b
    WHERE b.tenant_id = p_tenant AND b.enabled AND CASE
        -- Evaluations and previews never touch what live conversations live on.
        WHEN p_traffic <> 'live' THEN b.scope = 'feature' AND b.subject = p_traffic
        WHEN b.scope = 'conversation' THEN p_conversation IS NOT NULL
        WHEN b.scope = 'customer_day' THEN p_customer IS NOT NULL
        WHEN b.scope = 'release' THEN b.subject = p_release::text
        WHEN b.scope = 'feature' THEN b.subject = p_feature
        ELSE true
    END
$$
