CREATE TABLE "invitation" (
	"tenant_id" text NOT NULL,
	"invitation_id" text NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"invited_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "invitation_tenant_id_invitation_id_pk" PRIMARY KEY("tenant_id","invitation_id")
);
--> statement-breakpoint
CREATE TABLE "member" (
	"tenant_id" text NOT NULL,
	"person_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "member_tenant_id_person_id_pk" PRIMARY KEY("tenant_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "attempt" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "credential" (
	"credential_id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"person_id" text NOT NULL,
	"password" text,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person" (
	"person_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"company" text,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "person_email" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "sign_in" (
	"sign_in_id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"person_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sign_in_token" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "two_factor" (
	"two_factor_id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"person_id" text NOT NULL,
	"verified" boolean DEFAULT true NOT NULL,
	"failed_verification_count" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"verification_id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_tenant_id_tenant_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_tenant_id_tenant_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential" ADD CONSTRAINT "credential_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in" ADD CONSTRAINT "sign_in_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_email" ON "invitation" USING btree ("tenant_id","email");--> statement-breakpoint
CREATE INDEX "invitation_address" ON "invitation" USING btree ("email");--> statement-breakpoint
CREATE INDEX "invitation_newest" ON "invitation" USING btree ("tenant_id","created_at" desc,"invitation_id" desc);--> statement-breakpoint
CREATE INDEX "member_person" ON "member" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "attempt_expiry" ON "attempt" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "credential_person" ON "credential" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sign_in_person" ON "sign_in" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sign_in_expiry" ON "sign_in" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "two_factor_person" ON "two_factor" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "verification_identifier" ON "verification" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "verification_expiry" ON "verification" USING btree ("expires_at");--> statement-breakpoint

-- People belong to no tenant, and are read before it is known who asks.
COMMENT ON TABLE person IS 'Exempt from row-level security: people belong to no tenant.';
--> statement-breakpoint
COMMENT ON TABLE sign_in IS 'Exempt from row-level security: people belong to no tenant.';
--> statement-breakpoint
COMMENT ON TABLE credential IS 'Exempt from row-level security: people belong to no tenant.';
--> statement-breakpoint
COMMENT ON TABLE verification IS 'Exempt from row-level security: people belong to no tenant.';
--> statement-breakpoint
COMMENT ON TABLE two_factor IS 'Exempt from row-level security: people belong to no tenant.';
--> statement-breakpoint
COMMENT ON TABLE attempt IS 'Exempt from row-level security: counts attempts before it is known who asks.';
--> statement-breakpoint
COMMENT ON TABLE member IS 'Exempt from row-level security: the reconciler of the KV mirror reads every tenant''s members, and a person''s tenants are listed across tenants.';
--> statement-breakpoint
COMMENT ON TABLE invitation IS 'Exempt from row-level security: a person''s invitations are listed across tenants.';
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE
  ON person, sign_in, credential, verification, two_factor, attempt, member, invitation TO wagate_api;
--> statement-breakpoint

-- Erasure and export of a tenant reach its people's memberships too.
GRANT SELECT, DELETE ON member, invitation TO wagate_keeper;
