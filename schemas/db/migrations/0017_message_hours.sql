CREATE TABLE "message_hour" (
	"tenant_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"session_id" text NOT NULL,
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
	"first_sequence" bigint NOT NULL,
	"stream_seq" bigint NOT NULL,
	CONSTRAINT "message_hour_tenant_id_hour_session_id_pk" PRIMARY KEY("tenant_id","hour","session_id")
);
--> statement-breakpoint

-- A read model: the projector writes, the gateway reads one tenant's rows, the keeper exports, removes what is old, and erases.
GRANT SELECT ON message_hour TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON message_hour TO wagate_projector;
--> statement-breakpoint
GRANT SELECT, DELETE ON message_hour TO wagate_keeper;
--> statement-breakpoint
ALTER TABLE message_hour ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON message_hour FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON message_hour TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON message_hour TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Operators see whether the schema is the one that their gateways expect.
GRANT USAGE ON SCHEMA drizzle TO wagate_api;
--> statement-breakpoint
GRANT SELECT ON drizzle.__drizzle_migrations TO wagate_api;
