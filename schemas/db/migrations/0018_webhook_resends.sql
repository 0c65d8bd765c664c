ALTER TABLE "webhook_delivery" ALTER COLUMN "session_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_delivery" ALTER COLUMN "stream_seq" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery_attempt" ADD COLUMN "resend" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery_attempt" ADD COLUMN "response_body" text;--> statement-breakpoint
ALTER TABLE "webhook_delivery" ADD COLUMN "resends" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_delivery" ADD COLUMN "resent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhook_delivery" ADD COLUMN "attempts_before" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_delivery_unsuccessful" ON "webhook_delivery" USING btree ("tenant_id","endpoint_id","status","created_at" desc,"delivery_id" desc) WHERE "webhook_delivery"."status" in ('exhausted', 'cancelled');
--> statement-breakpoint

-- The gateway makes a delivery due again that somebody wants resent, and adds tests: nothing else of a delivery is its to write.
CREATE POLICY resends ON webhook_delivery FOR UPDATE TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
GRANT UPDATE (status, next_attempt_at, settled_at, resends, resent_at, attempts_before) ON webhook_delivery TO wagate_api;
--> statement-breakpoint
CREATE POLICY tests ON webhook_delivery FOR INSERT TO wagate_api
  WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
GRANT INSERT (tenant_id, delivery_id, endpoint_id, event_id, event_type, body, status, next_attempt_at, created_at) ON webhook_delivery TO wagate_api;
