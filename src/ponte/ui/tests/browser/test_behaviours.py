"""Keyboard, dialogs, side panel, in-place edits, drafts: what the scripts promise."""

from playwright.sync_api import Page, expect


def test_rows_by_keyboard_and_side_panel(tab: Page) -> None:
    tab.goto("/list/")
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    expect(tab.locator("tr.is-current")).to_have_attribute("data-row", "2")
    tab.keyboard.press("o")
    expect(tab.locator("#side-panel-content")).to_contain_text("Seen 2")
    expect(tab.locator("[data-panel-title]")).to_have_text("Person 2")
    tab.keyboard.press("j")
    expect(tab.locator("#side-panel-content")).to_contain_text("Seen 3")
    tab.keyboard.press("Escape")
    expect(tab.locator("#side-panel")).to_be_hidden()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/people/3/")


def test_a_click_on_a_name_opens_the_panel(tab: Page) -> None:
    tab.goto("/list/")
    tab.click("text=Person 4")
    expect(tab.locator("#side-panel-content")).to_contain_text("Seen 4")
    expect(tab.locator("[data-panel-open]")).to_have_attribute("href", "/people/4/")
    assert tab.url.endswith("/list/")


def test_selection_with_shift_and_bulk_bar(tab: Page) -> None:
    tab.goto("/list/")
    tab.click('[data-select][value="2"]')
    tab.click('[data-select][value="5"]', modifiers=["Shift"])
    expect(tab.locator("[data-bulk-count]")).to_have_text("4 selecionados")
    assert tab.evaluate("document.querySelector('[data-select-all]').indeterminate")
    tab.click("[data-bulk-clear]")
    expect(tab.locator("#bulk-form")).to_be_hidden()
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    expect(tab.locator("[data-bulk-count]")).to_have_text("1 selecionado")


def test_palette_finds_and_goes(tab: Page) -> None:
    tab.goto("/list/")
    tab.keyboard.press("Control+k")
    expect(tab.locator("#palette")).to_be_visible()
    expect(tab.locator("#palette-list [role=option]")).to_have_count(2)
    # only the marks of the server's HTML are taken over
    assert tab.locator("#palette-list .palette-text").nth(1).inner_html() == "<mark>An</mark>a x"
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#palette-item-1")).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/record/")


def test_sequences_and_help(tab: Page) -> None:
    tab.goto("/list/")
    tab.keyboard.press("Shift+?")
    expect(tab.locator("#shortcuts dt").first).to_have_text("Home")
    tab.keyboard.press("Escape")
    tab.keyboard.press("g")
    tab.keyboard.press("h")
    tab.wait_for_url("**/record/")


def test_dialog_refuses_then_saves(tab: Page) -> None:
    tab.goto("/list/")
    tab.click("#new")
    expect(tab.locator("#n")).to_be_focused()
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#dialog .form-error")).to_have_text("Required")
    tab.fill("#n", "Ana")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#dialog")).to_be_hidden()
    expect(tab.locator(".toast")).to_contain_text("Saved")
    expect(tab.locator("#new")).to_be_focused()


def test_failures_are_told_in_words(tab: Page) -> None:
    tab.goto("/list/")
    tab.click("#fail")
    expect(tab.locator(".toast-error")).to_contain_text("The e-mail is taken.")


def test_confirm_then_undo(tab: Page) -> None:
    tab.goto("/list/")
    tab.click("#delete")
    expect(tab.locator("#confirm-text")).to_have_text("Delete it?")
    tab.keyboard.press("Escape")
    expect(tab.locator(".toast")).to_have_count(0)
    tab.click("#delete")
    tab.click("#confirm [data-confirm-yes]")
    tab.click(".toast >> text=Desfazer")
    expect(tab.locator(".toast")).to_contain_text("Desfeito")


def test_toast_survives_the_reload_of_its_page(tab: Page) -> None:
    tab.goto("/list/")
    with tab.expect_event("load"):  # the page is loaded anew
        tab.click("#refresh")
    expect(tab.locator(".toast")).to_contain_text("Team saved")


def test_edit_in_place(tab: Page) -> None:
    tab.goto("/record/")
    tab.focus("#email")
    tab.keyboard.press("Enter")
    expect(tab.locator("#email input")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("#email")).to_have_text("ana@example.com")
    expect(tab.locator("#email")).to_be_focused()
    tab.click("#email")
    tab.fill("#email input", "bia@example.com")
    tab.keyboard.press("Enter")
    expect(tab.locator("#email")).to_have_text("bia@example.com")


def test_a_conflict_shows_both_versions(tab: Page) -> None:
    tab.goto("/record/")
    tab.click("#city")
    tab.fill("#city input", "Olinda")
    tab.keyboard.press("Enter")
    expect(tab.locator("#dialog .versions")).to_contain_text("Recife")
    expect(tab.locator("#city")).to_have_text("Recife")


def test_a_draft_survives_until_it_is_saved(tab: Page) -> None:
    tab.goto("/record/")
    tab.fill("#body", "Called, wants 40 units")
    tab.wait_for_timeout(400)
    tab.reload()
    expect(tab.locator("#body")).to_have_value("Called, wants 40 units")
    with tab.expect_response("**/note/"):
        tab.focus("#body")
        tab.keyboard.press("Control+Enter")
    expect(tab.locator("#body")).to_have_value("")
    tab.wait_for_timeout(400)
    tab.reload()
    expect(tab.locator("#body")).to_have_value("")


def test_masks(tab: Page) -> None:
    tab.goto("/record/")
    tab.click("#phone")
    tab.keyboard.type("11912345678")
    expect(tab.locator("#phone")).to_have_value("(11) 91234-5678")
    tab.click("#money")
    tab.keyboard.type("1234,5")
    tab.keyboard.press("Tab")
    expect(tab.locator("#money")).to_have_value("1.234,50")


def test_picker(tab: Page) -> None:
    tab.goto("/record/")
    tab.click("#owner")
    tab.keyboard.type("b")
    expect(tab.locator(".picker-list [role=option]")).to_have_count(2)
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.locator("#owner")).to_have_value("Bruno")
    assert tab.locator("input[name=owner]").input_value() == "8"


def test_reorder_by_keyboard(tab: Page) -> None:
    tab.goto("/record/")
    tab.locator(".grip").first.focus()
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("[data-sortable] li").first).to_contain_text("Two")
    expect(tab.locator(".grip").last).to_be_focused()


def test_reorder_by_mouse(tab: Page) -> None:
    tab.goto("/record/")
    grip, last = tab.locator(".grip").first, tab.locator("[data-sortable] li").last
    start, goal = grip.bounding_box(), last.bounding_box()
    assert start
    assert goal
    tab.mouse.move(start["x"] + 2, start["y"] + 2)
    tab.mouse.down()
    tab.mouse.move(start["x"] + 2, goal["y"] + goal["height"] - 1, steps=6)
    tab.mouse.up()
    expect(tab.locator("[data-sortable] li").first).to_contain_text("Two")
    expect(tab.locator("[data-sortable] li").last).to_contain_text("One")


def test_theme_is_kept(tab: Page) -> None:
    tab.goto("/list/")
    tab.click('[popovertarget="menu-person"]')
    tab.click('[data-theme-choice="dark"]')
    expect(tab.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert "ponte_theme=dark" in tab.evaluate("document.cookie")


def test_lost_network_is_told(tab: Page) -> None:
    tab.goto("/list/")
    tab.context.set_offline(True)
    expect(tab.locator("[data-net]")).to_be_visible()
    tab.context.set_offline(False)
    expect(tab.locator("[data-net]")).to_be_hidden()
