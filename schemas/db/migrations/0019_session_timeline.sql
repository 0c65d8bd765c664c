CREATE TABLE "session_timeline" (
	"tenant_id" text NOT NULL,
	"session_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"part" smallint NOT NULL,
	"entry_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"reason" text,
	"detail" jsonb NOT NULL,
	CONSTRAINT "session_timeline_tenant_id_session_id_sequence_part_pk" PRIMARY KEY("tenant_id","session_id","sequence","part")
);
--> statement-breakpoint
CREATE INDEX "session_timeline_newest" ON "session_timeline" USING btree ("tenant_id","session_id","at" desc,"entry_id" desc);
--> statement-breakpoint

ALTER TABLE session_timeline ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE session_timeline FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON session_timeline FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON session_timeline TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON session_timeline TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON session_timeline TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON session_timeline TO wagate_projector;
--> statement-breakpoint
GRANT SELECT, DELETE ON session_timeline TO wagate_keeper;
--> statement-breakpoint
COMMENT ON TABLE session_timeline IS 'What happened to each session, as its events tell it. Written by the projector only';
