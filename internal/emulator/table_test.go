package emulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

type thing struct {
	ID   int64
	Name string
}

func TestTable(t *testing.T) {
	names := emulator.NewTable(func(x *thing) string { return x.Name })
	a, b, c := names.Add(&thing{1, "a"}), names.Add(&thing{2, "b"}), names.Add(&thing{3, "c"})
	odd := func(x *thing) bool { return x.ID%2 == 1 }
	require.Same(t, b, names.Get("b"))
	require.Nil(t, names.Get("d"))
	require.Equal(t, []*thing{a, c}, names.Where(odd))
	require.Equal(t, 2, names.Count(odd))
	require.Same(t, a, names.Find(odd))
	require.Nil(t, names.Find(func(*thing) bool { return false }))
	copies := emulator.Copies(names.Rows, emulator.Plain)
	a.Name = "a" // the same
	copies[1].Name = "changed"
	require.Equal(t, "b", b.Name)

	names.Remove(&thing{1, "a"})
	require.Len(t, names.Rows, 3, "another row that looks the same")
	require.Same(t, a, names.Get("a"))
	names.Remove(b)
	require.Nil(t, names.Get("b"))
	require.Equal(t, []*thing{a, c}, names.Rows)
	names.RemoveWhere(odd)
	require.Empty(t, names.Rows)
	require.Nil(t, names.Get("c"))
}

func TestNumbered(t *testing.T) {
	numbers := emulator.NewNumbered(100, func(x *thing) *int64 { return &x.ID })
	first := numbers.Add(new(thing))
	require.EqualValues(t, 100, first.ID)
	second := numbers.Add(new(thing))
	require.Greater(t, second.ID, first.ID+1, "gaps, so that no test can rely on the next one")
	own := numbers.Add(&thing{ID: 500})
	require.Same(t, own, numbers.Get(500))
	require.Greater(t, numbers.Add(new(thing)).ID, int64(500), "IDs that rows already have are not used again")
	again := emulator.NewNumbered(100, func(x *thing) *int64 { return &x.ID })
	again.Add(new(thing))
	require.Equal(t, second.ID, again.Add(new(thing)).ID, "the same in every run")
}
