/**
 * Seals a finished item to the agency's key: once sealed, nobody on this phone can open it again.
 *
 * The form of an item stands in `rangkul.field.offline_seal`, which opens it.
 */
import { sealedTo } from "../shared/sealing";
import { joined, ofHex, ofNumber, ofText, ofUuid, type Bytes } from "./bytes";

const MAGIC = "RKO1";

/** The agency's public half: which one, and its point in base64. */
export interface AgencyKey {
  number: number;
  point: string;
}

/** `content` for the agency alone; `person` is the mark of whoever wrote it, in hex. */
export async function sealed(id: string, person: string, to: AgencyKey, content: unknown): Promise<Bytes> {
  const before = joined(ofText(MAGIC), ofNumber(to.number), ofUuid(id), ofHex(person));
  return sealedTo("offline", to.point, before, content);
}
