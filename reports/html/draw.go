package html

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/dop251/goja"

	"verso/reports/web"
)

// drawer runs the bundled chart library without a browser and returns cleaned
// SVG. One drawing at a time runs on each of its machines.
type drawer struct {
	program *goja.Program
	colours string            // the light palette as JSON, for the library
	names   map[string]string // its hex values back to names, for the classes

	mu   sync.Mutex
	idle []*machine // loaded and not drawing; as many as ever drew at once
}

// machine is one loaded copy of the library.
type machine struct {
	vm   *goja.Runtime
	draw goja.Callable
}

// hostStubs is what the library expects of its surroundings and never uses.
const hostStubs = `var console={log(){},warn(){},error(){},info(){}};function setTimeout(){return 0}function clearTimeout(){}`

// newDrawer compiles the library once.
func newDrawer(a web.Assets, p web.Palette) (*drawer, error) {
	program, err := goja.Compile("charts.js", hostStubs+"\n"+string(a.Charts), false)
	if err != nil {
		return nil, fmt.Errorf("html: the chart library does not compile: %w", err)
	}
	colours, err := json.Marshal(p.Light)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for name, hex := range p.Light {
		names[hex] = name
	}
	if len(names) != len(p.Light) {
		return nil, fmt.Errorf("html: two names of the light palette share one colour")
	}
	return &drawer{program: program, colours: string(colours), names: names}, nil
}

// start loads the library into a fresh machine.
func (d *drawer) start() (*machine, error) {
	vm := goja.New()
	if _, err := vm.RunProgram(d.program); err != nil {
		return nil, fmt.Errorf("html: the chart library does not load: %w", err)
	}
	api := vm.Get("versoCharts")
	if api == nil {
		return nil, fmt.Errorf("html: the chart library has no versoCharts; build reports/web again")
	}
	draw, ok := goja.AssertFunction(api.ToObject(vm).Get("draw"))
	if !ok {
		return nil, fmt.Errorf("html: the chart library has no draw; build reports/web again")
	}
	return &machine{vm: vm, draw: draw}, nil
}

// take is an idle machine, or a fresh one: to load the library takes longer than
// to draw ten charts.
func (d *drawer) take() (*machine, error) {
	d.mu.Lock()
	if n := len(d.idle); n > 0 {
		m := d.idle[n-1]
		d.idle = d.idle[:n-1]
		d.mu.Unlock()
		return m, nil
	}
	d.mu.Unlock()
	return d.start()
}

// svg draws an option (JSON) at a size in pixels. The id prefixes every id
// inside the drawing.
func (d *drawer) svg(id string, option []byte, width, height int) (string, error) {
	m, err := d.take()
	if err != nil {
		return "", err
	}
	out, err := m.draw(goja.Undefined(), m.vm.ToValue(string(option)), m.vm.ToValue(d.colours),
		m.vm.ToValue(width), m.vm.ToValue(height))
	if err != nil {
		return "", fmt.Errorf("html: chart %s: %w", id, err)
	}
	d.mu.Lock()
	d.idle = append(d.idle, m)
	d.mu.Unlock()
	clean, err := cleanSVG(id, out.String(), d.names)
	if err != nil {
		return "", fmt.Errorf("html: chart %s: %w", id, err)
	}
	return clean, nil
}
