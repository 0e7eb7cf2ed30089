/** Who is logged in on this device, as the server said last; forgotten when they log out. */
import { one, setting } from "../dom";
import { dropSession, getSession, putSession, type Customer, type Session } from "./store";

interface State {
  member: string;
  name: string;
  workspace: string;
  workspace_name: string;
  language: string;
  csrf: string;
  keeps_names: boolean;
  kinds: Session["kinds"];
  customers: Customer[];
}

export type Asked = { state: State } | { gone: "network" | "logged-out" };

const FRESH = 60_000;

/** Asks who is logged in at a workspace. A redirect leads to the log-in page: nobody is. */
export async function askState(workspace: string): Promise<Asked> {
  try {
    const answer = await fetch(`/${workspace}/device/`, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 404) return { gone: "logged-out" };
    if (!answer.ok) return { gone: "network" };
    return { state: (await answer.json()) as State };
  } catch {
    return { gone: "network" };
  }
}

export async function keepState(state: State): Promise<void> {
  await putSession({
    id: "current",
    workspace: state.workspace,
    workspaceName: state.workspace_name,
    member: state.member,
    name: state.name,
    language: state.language,
    keepsNames: state.keeps_names,
    kinds: state.kinds,
    customers: state.customers,
    at: Date.now(),
  });
}

/** On logging out: forgets the person and the names, and stops push messages. What they wrote stays, shown to nobody else. */
export async function forgetSession(): Promise<void> {
  await dropSession();
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

/** Keeps what the device knows in step with the page one is on; at most once a minute, and for every new customer. */
export async function refreshSession(): Promise<void> {
  const workspace = setting("workspace");
  if (!workspace || !navigator.onLine) return;
  const known = await getSession();
  const same = known?.member === setting("person") && known.workspace === workspace;
  const party = one("[data-record]")?.dataset["record"];
  const seen = !party || !known?.keepsNames || known.customers.some((customer) => customer.id === party);
  if (same && seen && Date.now() - known.at < FRESH) return;
  const asked = await askState(workspace);
  if ("state" in asked) await keepState(asked.state);
}
