"""Machine code as nvdisasm prints it, in a sample that a reader can follow."""

import pytest
from benchsuite_cuda import sass
from benchsuite_cuda.nvrtc import ToolMissing
from benchsuite_cuda.sass import flow, global_bytes, main_loop, opcode, parse

SAMPLE = """
	.headerflags	@"EF_CUDA_SM90 EF_CUDA_64BIT_ADDRESS"
//--------------------- .text.filter              --------------------------
	.section	.text.filter,"ax",@progbits
	.align	128
.text.filter:
        /*0000*/                   S2R R0, SR_TID.X ;
        /*0010*/                   ULDC.64 UR4, c[0x0][0x208] ;
.L_x_0:
        /*0020*/                   STS [R2], R3 ;
        /*0030*/               @P0 BRA `(.L_x_0) ;
        /*0040*/                   BAR.SYNC.DEFER_BLOCKING 0x0 ;
.L_x_1:
        /*0050*/                   LDG.E.128.CONSTANT R4, desc[UR4][R2.64] ;
        /*0060*/                   MOV R9, 0x8 ;
.L_x_2:
        /*0070*/                   IMAD.WIDE.U32 R4, R4, R5, R6 ;
        /*0080*/                   LOP3.LUT R4, R4, R5, R6, 0x96, !PT ;
        /*0090*/              @!P1 BRA `(.L_x_2) ;
        /*00a0*/                   BSSY B0, `(.L_x_3) ;
        /*00b0*/               @P2 BRA `(.L_x_5) ;
.L_x_3:
        /*00c0*/                   BRA.DIV UR6, `(.L_x_6) ;
        /*00d0*/                   SHFL.BFLY PT, R7, R4, 0x10, 0x1f ;
        /*00e0*/                   STG.E.U8 desc[UR4][R2.64], R7 ;
        /*00f0*/                   BRA.U !UP0, `(.L_x_1) ;
        /*0100*/               @P3 EXIT ;
        /*0110*/                   EXIT ;
.L_x_5:
        /*0120*/                   POPC R4, R4 ;
        /*0130*/                   BSYNC B0 ;
.L_x_6:
        /*0140*/                   WARPSYNC.COLLECTIVE R9, `(.L_x_3) ;
        /*0150*/                   BRA `(.L_x_3) ;
.L_x_4:
        /*0160*/                   BRA `(.L_x_4);
        /*0170*/                   NOP;
.text.empty:
        /*0000*/                   EXIT ;
"""


def test_each_kernel_has_its_instructions_and_labels() -> None:
    functions = parse(SAMPLE)
    assert list(functions) == ["filter", "empty"]
    assert len(functions["filter"].instructions) == 24
    assert functions["filter"].instructions[functions["filter"].labels[".L_x_5"]] == "POPC R4, R4"
    assert functions["empty"].instructions == ["EXIT"]


@pytest.mark.parametrize(
    ("instruction", "operation"),
    [
        ("@!P1 BRA `(.L_x_2)", "BRA"),
        ("@UP0 UIADD3 UR4, UR4, 0x1, URZ", "UIADD3"),
        ("LDG.E.128.CONSTANT R4, desc[UR4][R2.64]", "LDG.128"),
        ("LDG.E.LTC128B R4, desc[UR4][R2.64]", "LDG"),
        ("STG.E.U8 desc[UR4][R2.64], R7", "STG.8"),
        ("LDS.U.64 R4, [R2]", "LDS.64"),
        ("IMAD.WIDE.U32 R4, R4, R5, R6", "IMAD.WIDE"),
        ("IMAD.MOV.U32 R4, RZ, RZ, R5", "IMAD"),
        ("LOP3.LUT R4, R4, R5, R6, 0x96, !PT", "LOP3"),
        ("@!P3 CALL.REL.NOINC `(.L_x_1)", "BRA"),
        ("CALL.REL.NOINC `($__internal_0_$__cuda_sm20_div_u64)", "CALL"),
    ],
)
def test_an_operation_keeps_what_its_cost_depends_on(instruction: str, operation: str) -> None:
    assert opcode(instruction) == operation


def test_bytes_to_and_from_device_memory_are_told_by_width() -> None:
    assert global_bytes({"LDG.128": 2, "LDG": 1, "STG.8": 3, "LDS.64": 4, "LOP3": 5}) == 2 * 16 + 4 + 3


def test_the_main_loop_is_the_largest_that_has_none_inside() -> None:
    assert main_loop(flow(parse(SAMPLE)["filter"])) == {"IMAD.WIDE": 1, "LOP3": 1, "BRA": 1}


def test_with_their_turns_inner_loops_count_in_the_outer_one_and_code_out_of_line_too() -> None:
    assert main_loop(flow(parse(SAMPLE)["filter"]), [8]) == {
        **{"LDG.128": 1, "MOV": 1, "IMAD.WIDE": 8, "LOP3": 8, "BRA": 8 + 2, "BSSY": 1, "SHFL": 1, "STG.8": 1},
        **{"BRA": 8 + 3, "POPC": 1, "BSYNC": 1},  # the path of warps that have parted is not taken
    }


def test_a_loop_that_is_left_by_a_call_to_a_label_is_seen() -> None:
    text = """
.text.left:
.L_x_0:
        /*0000*/                   LDG.E R4, [R2.64] ;
.L_x_1:
        /*0010*/                   POPC R4, R4 ;
        /*0020*/              @!P3 CALL.REL.NOINC `(.L_x_2) ;
        /*0030*/                   BRA `(.L_x_1) ;
.L_x_2:
        /*0040*/               @P0 BRA `(.L_x_0) ;
        /*0050*/                   EXIT ;
"""
    assert main_loop(flow(parse(text)["left"]), [3]) == {"LDG": 1, "POPC": 3, "BRA": 7}


CALLING = """
.text.calling:
.L_x_0:
        /*0000*/                   CALL.REL.NOINC `($__internal_0_$__cuda_product) ;
        /*0010*/                   LDG.E R4, [R2.64] ;
        /*0020*/                   CALL.REL.NOINC `($__internal_0_$__cuda_product) ;
        /*0030*/               @P0 BRA `(.L_x_0) ;
        /*0040*/                   EXIT ;
        .type           $__internal_0_$__cuda_product,@function
$__internal_0_$__cuda_product:
        /*0050*/                   LOP3.LUT R4, R4, R5, R6, 0x96, !PT ;
        /*0060*/                   RET.REL.NODEC R38 `(calling) ;
"""


def test_the_operations_of_a_subroutine_count_at_each_call() -> None:
    assert main_loop(flow(parse(CALLING)["calling"])) == {"CALL": 2, "LOP3": 2, "RET": 2, "LDG": 1, "BRA": 1}


def test_a_call_to_somewhere_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a call whose operations cannot be counted: CALL\.ABS R4"):
        flow(
            parse(CALLING.replace("CALL.REL.NOINC `($__internal_0_$__cuda_product)", "CALL.ABS R4"))[
                "calling"
            ]
        )


def test_the_whole_kernel_counts_once_with_all_its_loops() -> None:
    counts = main_loop(flow(parse(SAMPLE)["filter"]), [4, 1, 8], whole=True)
    assert (counts["S2R"], counts["STS"], counts["LDG.128"], counts["LOP3"]) == (1, 4, 1, 8)
    assert counts["EXIT"] == 2
    assert "NOP" not in counts
    assert main_loop(flow(parse(SAMPLE)["empty"])) == {"EXIT": 1}


@pytest.mark.parametrize(("turns", "whole"), [([8, 8], False), ([], True), ([1], True)])
def test_turns_for_another_number_of_loops_are_refused(turns: list[float], whole: bool) -> None:
    with pytest.raises(ValueError, match=f"inner_turns has {len(turns)}"):
        main_loop(flow(parse(SAMPLE)["filter"]), turns, whole=whole)


@pytest.mark.parametrize("program", ["false", "/no/such/nvdisasm"])
def test_a_disassembler_that_fails_is_named_with_the_remedy(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sass, "_nvdisasm", lambda: program)
    with pytest.raises(ToolMissing, match=r"nvdisasm fails \(\w+\): pip install --force-reinstall nvidia"):
        sass.disassembled(b"")
