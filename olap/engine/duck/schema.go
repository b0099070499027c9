//go:build duckdb_arrow

package duck

/*
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// From DuckDB's library, which the driver links; weak, for this package is also
// linked by itself, to see what it needs.
extern void *duckdb_to_arrow_schema(void *options, void **types, const char **names, uint64_t columns, void *out) __attribute__((weak));

// verso_to_arrow_schema takes the names one behind another, each ended by a NUL.
static void *verso_to_arrow_schema(void *options, void **types, const char *text, uint64_t columns, void *out) {
	const char **names = malloc((columns + 1) * sizeof *names);
	for (uint64_t i = 0; i < columns; i++) {
		names[i] = text;
		text += strlen(text) + 1;
	}
	void *fault = duckdb_to_arrow_schema(options, types, names, columns, out);
	free(names);
	return fault;
}
*/
import "C"

import (
	"strings"
	"sync"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/cdata"
	"github.com/duckdb/duckdb-go/v2/arrowmapping"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// safeSchemas puts a schema conversion of our own in the place of the driver's,
// which stores into a list fresh from malloc, as Go pointers, where the column
// names are. While memory is collected, Go looks at what a pointer held before;
// what malloc left there may be an address that Go has given back, and then the
// program is stopped ("found bad pointer in Go heap"). Here C fills the list.
var safeSchemas = sync.OnceFunc(func() { arrowmapping.NewArrowSchema = newArrowSchema })

// newArrowSchema is the Arrow schema of columns of these types and names. The
// caller destroys the error data.
func newArrowSchema(options arrowmapping.ArrowOptions, types []mapping.LogicalType, names []string) (*arrow.Schema, mapping.ErrorData) {
	pointers := make([]unsafe.Pointer, len(types)+1)
	for i, t := range types {
		pointers[i] = t.Ptr
	}
	text := []byte(strings.Join(names, "\x00") + "\x00")
	out := (*cdata.CArrowSchema)(C.calloc(1, C.size_t(unsafe.Sizeof(cdata.CArrowSchema{}))))
	defer func() {
		cdata.ReleaseCArrowSchema(out)
		C.free(unsafe.Pointer(out))
	}()
	fault := mapping.ErrorData{Ptr: C.verso_to_arrow_schema(options.Ptr, &pointers[0], (*C.char)(unsafe.Pointer(&text[0])), C.uint64_t(len(names)), unsafe.Pointer(out))}
	if mapping.ErrorDataHasError(fault) {
		return nil, fault
	}
	schema, err := cdata.ImportCArrowSchema(out)
	if err != nil {
		mapping.DestroyErrorData(&fault)
		return nil, mapping.CreateErrorData(mapping.ErrorTypeUnknownType, err.Error())
	}
	return schema, fault
}
