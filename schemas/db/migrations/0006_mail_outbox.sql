CREATE TABLE "mail_outbox" (
	"mail_id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"content_iv" "bytea" NOT NULL,
	"content_ciphertext" "bytea" NOT NULL,
	"content_tag" "bytea" NOT NULL,
	"content_kek_id" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "mail_outbox_due" ON "mail_outbox" USING btree ("next_attempt_at");--> statement-breakpoint
COMMENT ON TABLE mail_outbox IS 'Exempt from row-level security: a mail is to a person, who may belong to no tenant or to several.';
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_outbox TO wagate_api;
