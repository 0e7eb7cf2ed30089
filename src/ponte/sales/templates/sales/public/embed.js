{% autoescape off %}(function () {
  var script = document.currentScript;
  var frame = document.createElement("iframe");
  var asked = new URLSearchParams(location.search);
  var address = new URL("{{ address|escapejs }}");
  ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "fbclid", "msclkid"].forEach(function (name) {
    if (asked.get(name)) address.searchParams.set(name, asked.get(name));
  });
  address.searchParams.set("_page", location.href.slice(0, 1000));
  address.searchParams.set("_referrer", document.referrer.slice(0, 1000));
  frame.src = address.href;
  frame.title = "{{ title|escapejs }}";
  frame.style.cssText = "width:100%;border:0;min-height:320px";
  window.addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== address.origin || !event.data) return;
    if (event.data.ponteHeight) frame.style.height = Number(event.data.ponteHeight) + "px";
    if (event.data.ponteGo && /^https?:/.test(event.data.ponteGo)) location.assign(event.data.ponteGo);
  });
  if (script && script.parentNode) script.parentNode.insertBefore(frame, script);
  else document.body.appendChild(frame);
})();
{% endautoescape %}
