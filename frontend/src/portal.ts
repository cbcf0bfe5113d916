/** The entry of the public portal, which works without it: leaving at once, steps in one place. */
import "./styles/portal.scss";
import { startEffort } from "./portal/effort";
import { startLeaving } from "./portal/leaving";
import { startLocking } from "./portal/locking";
import { startSharing } from "./portal/sharing";
import { startSteps } from "./portal/steps";

startLeaving();
startSharing();
startEffort();
startLocking();
startSteps();
