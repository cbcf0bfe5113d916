/** The entry of sign-in, error and public pages, all of which work without it. */
import "./styles/public.scss";
import { startOnce } from "./shared/once";
import { startPasskeys } from "./shared/passkeys";
import { startSendingOn } from "./shared/sent";

startOnce();
startPasskeys();
// A sign-in page or an error instead of the page that was wanted.
startSendingOn();
