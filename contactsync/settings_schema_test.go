package contactsync_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/internal/anysettings"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Whatever the schema describes is read, and written again without a change.
func TestSettingsTravelInJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anysettings.Draw(t)
		s, err := contactsync.ParseSettings(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := contactsync.ParseSettings(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if diff := cmp.Diff(s, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s changed on its way through JSON (-want +got):\n%s", text, diff)
		}
	})
}

// Every member of the Go types survives JSON, also one that the schema forgot.
func TestEverySettingTravelsInJSON(t *testing.T) {
	var s contactsync.Settings
	fill(t, reflect.ValueOf(&s).Elem())
	text, err := json.Marshal(s)
	require.NoError(t, err)

	back, err := contactsync.ParseSettings(text)

	require.NoError(t, err)
	if diff := cmp.Diff(s, back); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

// fill gives every member a value that is not its zero value.
func fill(t *testing.T, v reflect.Value) {
	switch v.Interface().(type) {
	case filter.Condition:
		v.Set(reflect.ValueOf(filter.Equals("owner", filter.User)))
		return
	case mapping.Rule:
		v.Set(reflect.ValueOf(mapping.Rule{
			ID: "kind", CRM: []string{"kind"}, Outlook: []string{"categories"}, Direction: mapping.ToCRM, Conflict: mapping.Newest,
			Lens: mapping.Spec{Kind: mapping.Set, Table: []mapping.Pair{{CRM: "c", Outlook: "Client"}}},
		}))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("word")
	case reflect.Int:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(2.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Map:
		each := reflect.New(v.Type().Elem()).Elem()
		fill(t, each)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("name"), each)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("%s: settings are plain data, which this is not", v.Type())
	}
}

// schema is the published one, to be compared with the types.
type schema map[string]any

func published(t *testing.T) schema {
	t.Helper()
	var s schema
	require.NoError(t, json.Unmarshal(contactsync.SettingsSchema(), &s))
	return s
}

// follow resolves a reference.
func (root schema) follow(node map[string]any) map[string]any {
	ref, ok := node["$ref"].(string)
	if !ok {
		return node
	}
	to := maps.Clone(root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any))
	for name, said := range node {
		if name != "$ref" {
			to[name] = said
		}
	}
	return to
}

func (root schema) member(path ...string) map[string]any {
	node := map[string]any(root)
	for _, name := range path {
		node = root.follow(node["properties"].(map[string]any)[name].(map[string]any))
	}
	return node
}

// The schema has just the members that the Go types have, with their types, a description, and a default each.
func TestSchemaHasEveryMember(t *testing.T) {
	root := published(t)
	compareType(t, root, root, reflect.TypeFor[contactsync.Settings](), "settings")
}

func compareType(t *testing.T, root schema, node map[string]any, typ reflect.Type, at string) {
	node = root.follow(node)
	want := func(name string) {
		assert.Equal(t, name, node["type"], "the type of %s", at)
	}
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[filter.Condition]():
		assert.Contains(t, node["properties"], "equals", at)
	case typ == reflect.TypeFor[mapping.Spec]():
		members := map[string]bool{}
		for _, variant := range node["oneOf"].([]any) {
			for name := range variant.(map[string]any)["properties"].(map[string]any) {
				members[name] = true
			}
		}
		assert.Equal(t, jsonNames(typ), slices.Sorted(maps.Keys(members)), at)
	case typ.Kind() == reflect.Struct:
		want("object")
		assert.Equal(t, false, node["additionalProperties"], "%s must refuse what is not there", at)
		properties := node["properties"].(map[string]any)
		if !assert.Equal(t, jsonNames(typ), slices.Sorted(maps.Keys(properties)), "the members of %s", at) {
			return
		}
		for i := range typ.NumField() {
			name, ok := jsonName(typ.Field(i))
			if !ok {
				continue
			}
			member := root.follow(properties[name].(map[string]any))
			if at != "settings.mapping[].lens" && typ != reflect.TypeFor[mapping.Pair]() {
				assert.NotEmpty(t, member["description"], "%s.%s needs a description", at, name)
			}
			if properties, group := member["properties"]; group && member["default"] == nil {
				assert.NotEmpty(t, properties)
			} else if name != "id" {
				assert.Contains(t, member, "default", "%s.%s needs a default", at, name)
			}
			compareType(t, root, member, typ.Field(i).Type, at+"."+name)
		}
	case typ.Kind() == reflect.Slice:
		want("array")
		compareType(t, root, node["items"].(map[string]any), typ.Elem(), at+"[]")
	case typ.Kind() == reflect.Map:
		want("object")
		compareType(t, root, node["additionalProperties"].(map[string]any), typ.Elem(), at+"[]")
	case typ.Kind() == reflect.Bool:
		want("boolean")
	case typ.Kind() == reflect.Int:
		want("integer")
	case typ.Kind() == reflect.Float64:
		want("number")
	case typ.PkgPath() != "": // a type of words
		assert.Equal(t, constants(t, typ), texts(node["enum"]), "the words of %s", at)
	case node["enum"] == nil:
		want("string")
	}
}

func jsonName(f reflect.StructField) (string, bool) {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, name != "-"
}

func jsonNames(typ reflect.Type) []string {
	var names []string
	for i := range typ.NumField() {
		if name, ok := jsonName(typ.Field(i)); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func texts(list any) []string {
	var words []string
	for _, w := range list.([]any) {
		words = append(words, w.(string))
	}
	slices.Sort(words)
	return words
}

// constants are the words that the source of a type declares, without the empty one.
func constants(t *testing.T, typ reflect.Type) []string {
	t.Helper()
	dir := "../" + typ.PkgPath()[strings.LastIndex(typ.PkgPath(), "/")+1:]
	files, err := filepath.Glob(dir + "/*.go")
	require.NoError(t, err)
	var words []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) == 0 {
				return true
			}
			name, named := spec.Type.(*ast.Ident)
			value, literal := spec.Values[0].(*ast.BasicLit)
			if !named || !literal || name.Name != typ.Name() {
				return true
			}
			word, err := strconv.Unquote(value.Value)
			require.NoError(t, err)
			if word != "" {
				words = append(words, word)
			}
			return true
		})
	}
	slices.Sort(words)
	require.NotEmpty(t, words, "constants of %s", typ)
	return words
}

// The words of the schema are those that Validate takes, and the default is the one that it is documented to be.
func TestSchemaHasTheWordsThatValidateTakes(t *testing.T) {
	root := published(t)
	checked := 0
	for _, at := range wordMembers(root, root, nil) {
		member := strings.Join(at, ".")
		s := twoWay()
		text, err := json.Marshal(s)
		require.NoError(t, err)
		var whole map[string]any
		require.NoError(t, json.Unmarshal(text, &whole))
		inner := whole
		for _, name := range at[:len(at)-1] {
			deeper := map[string]any{}
			inner[name] = deeper
			inner = deeper
		}
		inner[at[len(at)-1]] = "nonsense"
		text, err = json.Marshal(whole)
		require.NoError(t, err)
		s, err = contactsync.ParseSettings(text)
		require.NoError(t, err)

		err = s.Validate(person, record.OutlookContact)

		words := root.member(at...)["enum"].([]any)
		require.ErrorContains(t, err, fmt.Sprintf("%s: \"nonsense\" is not one of %q", member, words))
		assert.Contains(t, words, root.member(at...)["default"], member)
		checked++
	}
	assert.Greater(t, checked, 12)
}

// wordMembers are the paths of the members that are one of some words.
func wordMembers(root schema, node map[string]any, at []string) [][]string {
	var found [][]string
	for _, name := range slices.Sorted(maps.Keys(node["properties"].(map[string]any))) {
		deeper := append(slices.Clone(at), name)
		member := root.member(deeper...)
		if member["enum"] != nil {
			found = append(found, deeper)
		}
		if _, group := member["properties"]; group && member["maxProperties"] == nil {
			found = append(found, wordMembers(root, member, deeper)...)
		}
	}
	return found
}

// The schema knows the operations that filters have, and the lenses that rules have.
func TestSchemaHasEveryOperationAndLens(t *testing.T) {
	root := published(t)
	operations := slices.Collect(maps.Keys(root.member("filter")["properties"].(map[string]any)))
	slices.Sort(operations)
	assert.Equal(t, constants(t, reflect.TypeFor[filter.Op]()), operations)

	var kinds, parts []string
	lens := root.follow(root.follow(root.member("mapping")["items"].(map[string]any))["properties"].(map[string]any)["lens"].(map[string]any))
	for _, variant := range lens["oneOf"].([]any) {
		properties := variant.(map[string]any)["properties"].(map[string]any)
		kind := properties["kind"].(map[string]any)
		if word, one := kind["const"]; one {
			kinds = append(kinds, word.(string))
		} else {
			kinds = append(kinds, texts(kind["enum"])...)
		}
		if of, ok := properties["parts"].(map[string]any); ok {
			parts = texts(of["items"].(map[string]any)["enum"])
		}
	}
	slices.Sort(kinds)
	assert.Equal(t, constants(t, reflect.TypeFor[mapping.Kind]()), kinds)
	assert.Equal(t, constants(t, reflect.TypeFor[mapping.Part]()), parts)
}

// What a host changes in its copy of the schema is not seen by others.
func TestSettingsSchemaIsACopy(t *testing.T) {
	contactsync.SettingsSchema()[0] = 'x'
	assert.True(t, json.Valid(contactsync.SettingsSchema()))
}
