-- A chain's head is made by its first event; every later one only has to find it.
CREATE OR REPLACE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head "audit_head";
BEGIN
  SELECT * INTO head FROM "audit_head" WHERE "chainId" = NEW."chainId" FOR UPDATE;
  IF NOT FOUND THEN
    -- Of two first events at once one makes the head, and the other waits for it here.
    INSERT INTO "audit_head" ("chainId", seq, hash) VALUES (NEW."chainId", 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM "audit_head" WHERE "chainId" = NEW."chainId" FOR UPDATE;
  END IF;
  NEW.seq := head.seq + 1;
  NEW."previousHash" := head.hash;
  NEW.hash := encode(sha256(convert_to(audit_event_payload(NEW), 'UTF8')), 'hex');
  UPDATE "audit_head" SET seq = NEW.seq, hash = NEW.hash WHERE "chainId" = NEW."chainId";
  RETURN NEW;
END $$;
