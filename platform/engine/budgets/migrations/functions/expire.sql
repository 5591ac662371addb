-- Settles reservations whose time is over as lost, for all that was held: nobody knows whether the provider bills them.
CREATE FUNCTION budgets_expire(p_tenant bigint, p_now timestamptz, p_most integer)
RETURNS TABLE (
    reservation_id bigint, cost bigint, charged bigint, overrun bigint, told bigint[], loud text[]
) LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_prompts bigint[];
    v_outputs bigint[];
BEGIN
    SELECT array_agg(x.id ORDER BY x.id), array_agg(x.prompt_tokens ORDER BY x.id),
        array_agg(x.output_tokens ORDER BY x.id)
    INTO v_ids, v_prompts, v_outputs
    FROM (
        SELECT id, prompt_tokens, output_tokens FROM budgets_reservation
        WHERE tenant_id = p_tenant AND state = 'held' AND expires_at <= p_now
        ORDER BY id LIMIT p_most FOR NO KEY UPDATE SKIP LOCKED
    ) x;
    IF v_ids IS NOT NULL THEN
        RETURN QUERY SELECT * FROM budgets_settle(p_tenant, v_ids, v_prompts,
            array_fill(0::bigint, ARRAY[array_length(v_ids, 1)]), v_outputs,
            array_fill(true, ARRAY[array_length(v_ids, 1)]), true, p_now);
    END IF;
END $$
