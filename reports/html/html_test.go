package html

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"verso/reports/web"
)

// renderer returns a renderer or skips where the assets are not built.
func renderer(t testing.TB) *Renderer {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Skip(err)
	}
	r, err := New(a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTmpSample(t *testing.T) {
	r := renderer(t)
	out := "/tmp/reports/sample"
	os.MkdirAll(out+"/assets", 0o755)
	var b bytes.Buffer
	if err := r.Render(&b, sample(), Nav{Items: []NavItem{{"index", "Overview"}, {"sales", "Sales"}, {"customers", "Customers"}, {"quality", "Data quality and run"}}, Others: []Translation{{"zh", "中文", "zh/index.html"}}}); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(out+"/index.html", b.Bytes(), 0o644)
	for _, f := range r.Assets() {
		os.WriteFile(filepath.Join(out, f.Path), f.Data, 0o644)
	}
	t.Log(b.Len())
}
