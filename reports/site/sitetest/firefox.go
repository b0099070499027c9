package sitetest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Firefox is a page in a headless Firefox that a test drives, over the browser's
// own remote protocol (Marionette).
type Firefox struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	next int

	heard said
}

// said is what the browser writes while it runs.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a piece of it.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// Faults are the errors and warnings that pages had since the last call: exceptions,
// and what scripts wrote to the console as such.
func (f *Firefox) Faults() []string {
	f.heard.mu.Lock()
	defer f.heard.mu.Unlock()
	var out []string
	for _, line := range strings.Split(f.heard.text.String(), "\n") {
		for _, mark := range []string{"JavaScript error: file:", "JavaScript warning: file:", "JavaScript error: http:", "console.error: ", "console.warn: "} {
			if strings.HasPrefix(line, mark) && !strings.HasPrefix(line, "console.error: RSLoader") { // the browser's own
				out = append(out, line)
			}
		}
	}
	f.heard.text.Reset()
	return out
}

// Resize gives the window another size.
func (f *Firefox) Resize(width, height int) {
	f.t.Helper()
	f.call("WebDriver:SetWindowRect", map[string]any{"width": width, "height": height})
}

// Alive waits until the charts of the page answer the pointer and counts all and
// those that do.
func (f *Firefox) Alive() (all, live int) {
	f.t.Helper()
	var n [2]int
	f.Eval(alive, &n)
	return n[0], n[1]
}

// Overflowing lists what makes the page scroll sideways.
func (f *Firefox) Overflowing() (out []string) {
	f.t.Helper()
	f.Eval(overflowing, &out)
	return out
}

// OpenFirefox starts a browser, or skips where there is none.
func OpenFirefox(t *testing.T, width, height int) *Firefox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		if path, err = exec.LookPath("firefox"); err != nil {
			t.Skip("no firefox: the pages are not looked at in it")
		}
	}
	profile := t.TempDir()
	const prefs = `user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.dom.window.dump.enabled", true);
user_pref("devtools.console.stdout.content", true);
user_pref("ui.prefersReducedMotion", 1);
`
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--marionette", "--profile", profile, "--width", strconv.Itoa(width), "--height", strconv.Itoa(height), "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	f := &Firefox{t: t}
	cmd.Stdout, cmd.Stderr = &f.heard, &f.heard
	if err := cmd.Start(); err != nil {
		t.Skipf("firefox does not start: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	for range 300 {
		// The browser says which port it took.
		port, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		if err == nil {
			if f.conn, err = net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(string(port))); err == nil {
				break
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	if f.conn == nil {
		t.Skip("firefox opened no port to drive it by")
	}
	end := time.AfterFunc(tabTime, func() { _ = f.conn.Close() }) // whoever reads from it is told
	t.Cleanup(func() {
		end.Stop()
		_ = f.conn.Close()
	})
	f.in = bufio.NewReader(f.conn)
	f.read() // its greeting
	f.call("WebDriver:NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{}}})
	f.call("WebDriver:SetWindowRect", map[string]any{"width": width, "height": height})
	return f
}

// read is one message: its length in bytes, a colon, JSON.
func (f *Firefox) read() json.RawMessage {
	f.t.Helper()
	head, err := f.in.ReadString(':')
	if err != nil {
		f.t.Fatalf("firefox: %v", err)
	}
	n, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
	if err != nil {
		f.t.Fatalf("firefox: %v", err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(f.in, body); err != nil {
		f.t.Fatalf("firefox: %v", err)
	}
	return body
}

// call runs a command and gives its result; an error of the browser ends the test.
func (f *Firefox) call(name string, params map[string]any) json.RawMessage {
	f.t.Helper()
	f.next++
	text, err := json.Marshal([]any{0, f.next, name, params})
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(f.conn, "%d:%s", len(text), text); err != nil {
		f.t.Fatalf("firefox: %v", err)
	}
	var reply []json.RawMessage // type, number, error, result
	if err := json.Unmarshal(f.read(), &reply); err != nil || len(reply) != 4 {
		f.t.Fatalf("firefox: %s: %d parts, %v", name, len(reply), err)
	}
	if string(reply[2]) != "null" {
		f.t.Fatalf("firefox: %s %v: %s", name, params["script"], reply[2])
	}
	return reply[3]
}

// Go opens an address.
func (f *Firefox) Go(address string) {
	f.t.Helper()
	f.call("WebDriver:Navigate", map[string]any{"url": address})
}

// Eval evaluates an expression in the page, waits for its promise, and reads its
// value into v; nil where it is of no interest.
func (f *Firefox) Eval(expression string, v any) {
	f.t.Helper()
	script := `const done=arguments[arguments.length-1];(async()=>(` + expression + `))().then(v=>done({v:v??null}),e=>done({error:String(e)}))`
	var out struct {
		Value struct {
			V     json.RawMessage
			Error string
		}
	}
	if err := json.Unmarshal(f.call("WebDriver:ExecuteAsyncScript", map[string]any{"script": script, "args": []any{}}), &out); err != nil {
		f.t.Fatal(err)
	}
	if out.Value.Error != "" {
		f.t.Fatalf("firefox: %s\n%s", out.Value.Error, expression)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(out.Value.V, v); err != nil {
		f.t.Fatalf("firefox: %v\n%s", err, expression)
	}
}

// Wait waits until an expression is true.
func (f *Firefox) Wait(expression string) {
	f.t.Helper()
	for range 400 {
		var so bool
		f.Eval("Boolean(await("+expression+"))", &so)
		if so {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	var text string
	f.Eval(`document.body.innerText.slice(0,1500)`, &text)
	f.t.Fatalf("firefox: never true: %s\n%s", expression, text)
}

// Click clicks the first element of a selector.
func (f *Firefox) Click(selector string) {
	f.t.Helper()
	f.point(selector, []map[string]any{{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}})
}

// Drag drags the first element of a selector by so many pixels.
func (f *Firefox) Drag(selector string, dx, dy int) {
	f.t.Helper()
	moves := []map[string]any{{"type": "pointerDown", "button": 0}}
	for _, part := range [][2]int{{dx / 2, dy / 2}, {dx - dx/2, dy - dy/2}} {
		moves = append(moves, map[string]any{"type": "pointerMove", "duration": 20, "origin": "pointer", "x": part[0], "y": part[1]})
	}
	f.point(selector, append(moves, map[string]any{"type": "pointerUp", "button": 0}))
}

func (f *Firefox) point(selector string, does []map[string]any) {
	f.t.Helper()
	var at []int
	f.Eval(fmt.Sprintf(`(()=>{const e=document.querySelector(%q);if(!e)return[];e.scrollIntoView({block:"nearest"});const b=e.getBoundingClientRect();return[Math.round(b.x+b.width/2),Math.round(b.y+b.height/2)]})()`, selector), &at)
	if len(at) != 2 {
		f.t.Fatalf("firefox: the page has no %s", selector)
	}
	actions := append([]map[string]any{{"type": "pointerMove", "duration": 0, "x": at[0], "y": at[1]}}, does...)
	f.call("WebDriver:PerformActions", map[string]any{"actions": []any{map[string]any{"type": "pointer", "id": "mouse", "parameters": map[string]any{"pointerType": "mouse"}, "actions": actions}}})
}

// Press presses keys one after the other while others are held, as WebDriver names
// them: "\uE007" is Enter.
func (f *Firefox) Press(keys string, held ...string) {
	f.t.Helper()
	var does []map[string]any
	key := func(kind, value string) { does = append(does, map[string]any{"type": kind, "value": value}) }
	for _, h := range held {
		key("keyDown", h)
	}
	for _, k := range keys {
		key("keyDown", string(k))
		key("keyUp", string(k))
	}
	for _, h := range held {
		key("keyUp", h)
	}
	f.call("WebDriver:PerformActions", map[string]any{"actions": []any{map[string]any{"type": "key", "id": "keys", "actions": does}}})
}

// Keep keeps a picture of the window in the folder VERSO_SHOTS, where it is set.
func (f *Firefox) Keep(name string) { f.keep(name, false) }

// KeepAll is Keep of the whole page.
func (f *Firefox) KeepAll(name string) { f.keep(name, true) }

func (f *Firefox) keep(name string, full bool) {
	f.t.Helper()
	dir := os.Getenv("VERSO_SHOTS")
	if dir == "" {
		return
	}
	var out struct{ Value string }
	if err := json.Unmarshal(f.call("WebDriver:TakeScreenshot", map[string]any{"full": full}), &out); err != nil {
		f.t.Fatal(err)
	}
	data, err := base64.StdEncoding.DecodeString(out.Value)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		f.t.Fatal(err)
	}
}
