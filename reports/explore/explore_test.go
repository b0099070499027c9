package explore_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"verso/reports/explore"
	"verso/reports/web"
)

func handler(t *testing.T, lang string) http.Handler {
	t.Helper()
	h, err := explore.New(lang)
	if errors.Is(err, web.ErrNotBuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func answered(h http.Handler, method, target string, header http.Header) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	if header != nil {
		r.Header = header
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestPages(t *testing.T) {
	for _, c := range []struct{ first, target, lang, home, current string }{
		{"en", "/explore", "en", "/index.html", "/explore?lang=en"},
		{"en", "/explore?lang=zh&q={}", "zh-CN", "/zh/index.html", "/explore?lang=zh"},
		{"zh", "/sql", "zh-CN", "/index.html", "/sql?lang=zh"},
		{"zh", "/sql?lang=en", "en", "/en/index.html", "/sql?lang=en"},
		{"en", "/sql?lang=<script>", "en", "/index.html", "/sql?lang=en"},
	} {
		r := answered(handler(t, c.first), "GET", c.target, nil)
		body, _ := io.ReadAll(r.Body)
		page := string(body)
		for _, want := range []string{`<html lang="` + c.lang + `">`, `href="` + c.home + `"`, `href="` + c.current + `" aria-current="page"`} {
			if r.StatusCode != http.StatusOK || !strings.Contains(page, want) {
				t.Errorf("%s: %d, no %s in\n%s", c.target, r.StatusCode, want, page)
			}
		}
		policy := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "script-src 'self' 'unsafe") || !strings.Contains(policy, "connect-src 'self'") {
			t.Errorf("%s: policy %s", c.target, policy)
		}
		if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) || strings.Contains(page, "://") {
			t.Errorf("%s has a script in it, or leads elsewhere:\n%s", c.target, page)
		}
	}
}

// Every asset that a page names is there, plain and compressed, for ever.
func TestAssets(t *testing.T) {
	h := handler(t, "en")
	body, _ := io.ReadAll(answered(h, "GET", "/sql", nil).Body)
	names := regexp.MustCompile(`/explore/assets/[\w.-]+`).FindAllString(string(body), -1)
	if len(names) < 5 {
		t.Fatalf("the page names %v", names)
	}
	for _, name := range names {
		plain := answered(h, "GET", name, nil)
		data, _ := io.ReadAll(plain.Body)
		zipped := answered(h, "GET", name, http.Header{"Accept-Encoding": {"br, gzip"}})
		unzip, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if same, _ := io.ReadAll(unzip); string(same) != string(data) || len(data) == 0 || zipped.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d bytes plain, %d compressed and back", name, len(data), len(same))
		}
		if c := plain.Header.Get("Cache-Control"); !strings.Contains(c, "immutable") {
			t.Errorf("%s: %s", name, c)
		}
	}
}

func TestRefused(t *testing.T) {
	h := handler(t, "en")
	for _, c := range []struct {
		method, target string
		want           int
	}{
		{"POST", "/explore", http.StatusMethodNotAllowed},
		{"GET", "/explore/", http.StatusNotFound},
		{"GET", "/explore/assets/", http.StatusNotFound},
		{"GET", "/explore/assets/explore.js", http.StatusNotFound},
		{"GET", "/explore/assets/..%2f..%2fweb.go", http.StatusNotFound},
	} {
		if got := answered(h, c.method, c.target, nil).StatusCode; got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, got, c.want)
		}
	}
}
