/** On a phone, shows one lane at a time; without this module the tabs are plain links to the lanes. */

/** Wake `[data-lane-tabs]` over `.lanes`. */
export function startLaneTabs(): void {
  const tabs = document.querySelector<HTMLElement>("[data-lane-tabs]");
  const lanes = document.querySelector<HTMLElement>(".lanes");
  if (tabs === null || lanes === null) return;
  const links = [...tabs.querySelectorAll<HTMLAnchorElement>("a")];
  const choose = (id: string): void => {
    lanes.dataset["chosen"] = id;
    for (const lane of lanes.querySelectorAll<HTMLElement>(".lane")) {
      lane.toggleAttribute("data-shown", lane.id === id);
    }
    for (const link of links) {
      if (link.hash === `#${id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  tabs.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null) return;
    event.preventDefault();
    history.replaceState(history.state, "", link.hash);
    choose(link.hash.slice(1));
    window.scrollTo({ top: 0 });
  });
  const asked = links.find((link) => link.hash === location.hash) ?? links[0];
  if (asked !== undefined) choose(asked.hash.slice(1));
}
