CREATE TABLE "plan_change" (
	"tenant_id" text NOT NULL,
	"change_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"from_plan" text NOT NULL,
	"to_plan" text NOT NULL,
	"state" text NOT NULL,
	"by" text NOT NULL,
	"overrides" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "plan_change_tenant_id_change_id_pk" PRIMARY KEY("tenant_id","change_id")
);
--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "plan" text DEFAULT 'basic' NOT NULL;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "overrides" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "requested_plan" text;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "plan_change" ADD CONSTRAINT "plan_change_tenant_id_tenant_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "plan_change_newest" ON "plan_change" USING btree ("tenant_id","at" desc,"change_id" desc);--> statement-breakpoint

-- Accounts from before there were plans are BASIC; numbers that are not BASIC's stay as agreed ones.
UPDATE tenant SET overrides = jsonb_strip_nulls(jsonb_build_object(
  'liveSessions', nullif(live_session_limit, 1),
  'sandboxSessions', nullif(sandbox_session_limit, 10),
  'sandboxPhones', nullif(sandbox_phone_limit, 50)
));--> statement-breakpoint
ALTER TABLE "tenant" DROP COLUMN "live_session_limit";--> statement-breakpoint
ALTER TABLE "tenant" DROP COLUMN "sandbox_session_limit";--> statement-breakpoint
ALTER TABLE "tenant" DROP COLUMN "sandbox_phone_limit";--> statement-breakpoint

-- Keys that ended are forgotten after a while.
GRANT DELETE ON api_key TO wagate_api;--> statement-breakpoint

-- The history of plans: rows are added and never change.
GRANT SELECT, INSERT ON plan_change TO wagate_api;--> statement-breakpoint
ALTER TABLE plan_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY one_tenant ON plan_change TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
