package catalog

import "testing"

func TestShippedCatalogLoads(t *testing.T) {
	m, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(m.Cubes, len(m.Dimensions))
}
