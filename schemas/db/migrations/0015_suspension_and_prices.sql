ALTER TABLE "plan_change" ADD COLUMN "monthly_price_cents" integer;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "suspended_reason" text;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "suspended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "monthly_price_cents" integer;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "had_linked" boolean;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "first_sent_on" date;
--> statement-breakpoint

UPDATE tenant SET suspended_at = updated_at WHERE status = 'suspended';
--> statement-breakpoint

-- What was applied before had the price of the table; an account that did not begin on BASIC gets the row that says so, under its own ULID.
ALTER TABLE plan_change NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE plan_change SET monthly_price_cents = CASE to_plan WHEN 'basic' THEN 0 WHEN 'pro' THEN 2900 WHEN 'max' THEN 9900 END
  WHERE state = 'applied';
--> statement-breakpoint
INSERT INTO plan_change (tenant_id, change_id, at, from_plan, to_plan, state, by, monthly_price_cents)
  SELECT t.tenant_id, 'pch_' || substr(t.tenant_id, 5), t.created_at, 'basic', begun.plan, 'applied', 'operator',
    CASE begun.plan WHEN 'pro' THEN 2900 WHEN 'max' THEN 9900 END
  FROM tenant t CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT from_plan FROM plan_change c WHERE c.tenant_id = t.tenant_id AND c.state = 'applied' ORDER BY at, change_id LIMIT 1),
    t.plan) AS plan) begun
  WHERE begun.plan <> 'basic' AND t.erased_at IS NULL;
--> statement-breakpoint
ALTER TABLE plan_change FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

-- Of an erased account the keeper leaves what past months' figures are made of, and nobody's name.
GRANT UPDATE (suspended_reason, had_linked, first_sent_on) ON tenant TO wagate_keeper;
--> statement-breakpoint
GRANT UPDATE (by, overrides) ON plan_change TO wagate_keeper;
