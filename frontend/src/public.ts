/** The entry of sign-in, error and public pages, all of which work without it. */
import "./styles/public.scss";
import { startOnce } from "./shared/once";

startOnce();
