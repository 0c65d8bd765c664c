-- The figures of the business, over all accounts but the operators' own. The views say what is counted; they are read with the rights of whoever
-- asks, and nobody is granted them. What the gateway may have is sums: a function with the owner's rights makes them, and the policies below
-- let it, and it alone, read the rows of all tenants. No service logs in as the owner.

-- What an account had, from when, until when (null: still), and what it pays for that: null when nobody wrote the agreed price down.
-- Every account begins on BASIC; `began_at` of what it was made with is that moment too.
CREATE VIEW plan_term WITH (security_invoker = true) AS
  SELECT tenant_id, plan, price_cents, began_at, began_at > created_at AS is_change,
    coalesce(lead(began_at) OVER later, erased_at) AS ended_at,
    lag(coalesce(price_cents, 0)) OVER later AS price_cents_before
  FROM (
    SELECT tenant_id, 'basic' AS plan, 0 AS price_cents, created_at AS began_at, '' AS change_id, created_at, erased_at
      FROM tenant WHERE NOT operators
    UNION ALL
    SELECT tenant_id, c.to_plan, c.monthly_price_cents, c.at, c.change_id, t.created_at, t.erased_at
      FROM plan_change c JOIN tenant t USING (tenant_id) WHERE c.state = 'applied' AND NOT t.operators
  ) term
  WINDOW later AS (PARTITION BY tenant_id ORDER BY began_at, change_id COLLATE "C");
--> statement-breakpoint

-- How far an account came: whether it linked a WhatsApp account, when it first sent a message, and when it first had a plan with a price.
-- Of an erased one the row itself says what the others told.
CREATE VIEW account_start WITH (security_invoker = true) AS
  SELECT tenant_id, created_at,
    coalesce(had_linked, EXISTS (SELECT FROM session_view s WHERE s.tenant_id = t.tenant_id AND s.mode = 'live'
      AND coalesce(s.account_phone, s.account_lid) IS NOT NULL)) OR sent.first_on IS NOT NULL AS has_linked,
    sent.first_on AS first_sent_on,
    (SELECT min(at) FROM plan_change c WHERE c.tenant_id = t.tenant_id AND c.state = 'applied' AND c.monthly_price_cents > 0)
      AS first_paid_at
  FROM tenant t CROSS JOIN LATERAL (SELECT coalesce(t.first_sent_on, (SELECT day FROM usage_day u
    WHERE u.tenant_id = t.tenant_id AND u.mode = 'live' AND u.sent > 0 ORDER BY day LIMIT 1)) AS first_on) sent
  WHERE NOT operators;
--> statement-breakpoint

CREATE POLICY figures ON plan_change FOR SELECT TO wagate_owner USING (true);
--> statement-breakpoint
CREATE POLICY figures ON session_view FOR SELECT TO wagate_owner USING (true);
--> statement-breakpoint
CREATE POLICY figures ON usage_day FOR SELECT TO wagate_owner USING (true);
--> statement-breakpoint

-- A row per calendar month (UTC) that has begun at `as_of`; the running one is counted up to then.
CREATE FUNCTION business_month(first_month date, last_month date, as_of timestamptz) RETURNS TABLE (
  month date, mrr_cents float8, basic float8, pro float8, max float8, enterprise float8, paying float8, unpriced float8,
  new_accounts float8, paid_in_30_days float8, linked float8, sent float8, paid float8,
  upgrades float8, downgrades float8, paying_before float8, lost float8, mrr_cents_before float8, mrr_cents_lost float8
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  WITH month AS (
    SELECT m AS began, least(m + interval '1 month', as_of) AS ended
      FROM generate_series(first_month::timestamptz, last_month::timestamptz, interval '1 month') m WHERE m < as_of
  ), account AS ( -- before: just before the month; after: at its end. Null when there was no such account.
    SELECT month.began, tenant_id, max(plan) FILTER (WHERE is_after) AS plan,
      max(coalesce(price_cents, 0)) FILTER (WHERE is_before) AS cents_before,
      max(coalesce(price_cents, 0)) FILTER (WHERE is_after) AS cents_after,
      bool_or(price_cents IS NULL) FILTER (WHERE is_after) AS is_unpriced
    FROM month JOIN plan_term t ON t.began_at < month.ended AND (t.ended_at IS NULL OR t.ended_at >= month.began)
      CROSS JOIN LATERAL (SELECT t.began_at < month.began AS is_before,
        t.ended_at IS NULL OR t.ended_at >= month.ended AS is_after) held
    GROUP BY month.began, tenant_id
  ), held AS (
    SELECT began, sum(cents_after) AS mrr_cents,
      count(*) FILTER (WHERE plan = 'basic') AS basic, count(*) FILTER (WHERE plan = 'pro') AS pro,
      count(*) FILTER (WHERE plan = 'max') AS max, count(*) FILTER (WHERE plan = 'enterprise') AS enterprise,
      count(*) FILTER (WHERE cents_after > 0) AS paying, count(*) FILTER (WHERE is_unpriced) AS unpriced,
      count(*) FILTER (WHERE cents_before > 0) AS paying_before,
      count(*) FILTER (WHERE cents_before > 0 AND coalesce(cents_after, 0) = 0) AS lost,
      sum(cents_before) AS mrr_cents_before,
      sum(greatest(cents_before - coalesce(cents_after, 0), 0)) AS mrr_cents_lost
    FROM account GROUP BY began
  ), started AS (
    SELECT began, count(*) AS new_accounts, count(*) FILTER (WHERE first_paid_at <= created_at + interval '30 days') AS paid_in_30_days,
      count(*) FILTER (WHERE has_linked) AS linked, count(first_sent_on) AS sent, count(first_paid_at) AS paid
    FROM month JOIN account_start ON created_at >= began AND created_at < ended GROUP BY began
  ), moved AS (
    SELECT began, count(*) FILTER (WHERE coalesce(price_cents, 0) > price_cents_before) AS upgrades,
      count(*) FILTER (WHERE coalesce(price_cents, 0) < price_cents_before) AS downgrades
    FROM month JOIN plan_term ON is_change AND began_at >= began AND began_at < ended GROUP BY began
  )
  SELECT began::date, coalesce(mrr_cents, 0), coalesce(basic, 0), coalesce(pro, 0), coalesce(max, 0), coalesce(enterprise, 0),
    coalesce(paying, 0), coalesce(unpriced, 0), coalesce(new_accounts, 0), coalesce(paid_in_30_days, 0), coalesce(linked, 0),
    coalesce(sent, 0), coalesce(paid, 0), coalesce(upgrades, 0), coalesce(downgrades, 0), coalesce(paying_before, 0),
    coalesce(lost, 0), coalesce(mrr_cents_before, 0), coalesce(mrr_cents_lost, 0)
  FROM month LEFT JOIN held USING (began) LEFT JOIN started USING (began) LEFT JOIN moved USING (began) ORDER BY began
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION business_month(date, date, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION business_month(date, date, timestamptz) TO wagate_api;
