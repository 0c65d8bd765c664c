CREATE TABLE "api_call_day" (
	"tenant_id" text NOT NULL,
	"day" date NOT NULL,
	"mode" text NOT NULL,
	"gateway_id" text NOT NULL,
	"succeeded" bigint NOT NULL,
	"refused" bigint NOT NULL,
	"rate_limited" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_call_day_tenant_id_day_mode_gateway_id_pk" PRIMARY KEY("tenant_id","day","mode","gateway_id")
);
--> statement-breakpoint
CREATE TABLE "usage_day" (
	"tenant_id" text NOT NULL,
	"day" date NOT NULL,
	"session_id" text NOT NULL,
	"message_type" text NOT NULL,
	"mode" text NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"sent_by_phone" bigint DEFAULT 0 NOT NULL,
	"received" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"unconfirmed" bigint DEFAULT 0 NOT NULL,
	"cancelled" bigint DEFAULT 0 NOT NULL,
	"expired" bigint DEFAULT 0 NOT NULL,
	"delivered" bigint DEFAULT 0 NOT NULL,
	"read" bigint DEFAULT 0 NOT NULL,
	"played" bigint DEFAULT 0 NOT NULL,
	"media_bytes_sent" bigint DEFAULT 0 NOT NULL,
	"media_bytes_received" bigint DEFAULT 0 NOT NULL,
	"first_sequence" bigint NOT NULL,
	"stream_seq" bigint NOT NULL,
	CONSTRAINT "usage_day_tenant_id_day_session_id_message_type_pk" PRIMARY KEY("tenant_id","day","session_id","message_type")
);
--> statement-breakpoint

-- A read model: the projector writes, the gateway reads one tenant's rows.
GRANT SELECT ON usage_day TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_day TO wagate_projector;
--> statement-breakpoint
ALTER TABLE usage_day ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON usage_day FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON usage_day TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint

-- The gateways' own counts, one tenant after another.
GRANT SELECT, INSERT, UPDATE ON api_call_day TO wagate_api;
--> statement-breakpoint
ALTER TABLE api_call_day ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON api_call_day TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
