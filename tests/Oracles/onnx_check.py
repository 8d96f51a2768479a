"""The onnx package's checker and strict shape inference over every FOLDER/*.onnx; the sizes said in a file must be those inferred.

Usage: onnx_check.py FOLDER [quantised]
With the second word, values between the nodes need not be said.
"""
import glob
import os
import sys

import onnx


def sizes(value):
    return [d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in value.type.tensor_type.shape.dim]


count = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx"))):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    said = {v.name: v for v in list(model.graph.value_info) + list(model.graph.output)}
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    for output in bare.graph.output:
        output.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True)
    for value in list(inferred.graph.value_info) + list(inferred.graph.output):
        ours = said.get(value.name)
        if ours is None and "quantised" in sys.argv:
            continue
        assert ours is not None, f"{path}: no sizes for {value.name}"
        assert ours.type.tensor_type.elem_type == value.type.tensor_type.elem_type, f"{path}: type of {value.name}"
        if value.type.tensor_type.HasField("shape"):
            pairs = list(zip(sizes(ours), sizes(value)))
            assert len(sizes(ours)) == len(sizes(value)), f"{path}: {value.name} {sizes(ours)} inferred {sizes(value)}"
            for one, other in pairs:
                assert not (isinstance(one, int) and isinstance(other, int)) or one == other, f"{path}: {value.name} {pairs}"
    assert (model.ir_version, model.producer_name, model.opset_import[0].version) == (8, "kymo", 17), path
    assert all(t.HasField("raw_data") for t in model.graph.initializer), path
    count += 1
print(f"{count} sound")
